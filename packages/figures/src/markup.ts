/**
 * Text made safe to stand in SVG and HTML, in an element or in a double-quoted attribute:
 * `escapeText('a<b')` is `a&lt;b`. Everything that comes from a scenario passes through here.
 */
export function escapeText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** ` name="value"` for each attribute; numbers with at most two decimals. */
export function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(
      ([name, value]) => ` ${name}="${typeof value === 'number' ? px(value) : escapeText(value)}"`,
    )
    .join('');
}

/**
 * A coordinate with at most two decimals, so that a picture's bytes do not depend on the last bit.
 */
export function px(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

export function element(
  name: string,
  values: Record<string, string | number>,
  content = '',
): string {
  return `<${name}${attributes(values)}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

/** An element around plain text. */
export function textElement(
  name: string,
  values: Record<string, string | number>,
  text: string,
): string {
  return `<${name}${attributes(values)}>${escapeText(text)}</${name}>`;
}
