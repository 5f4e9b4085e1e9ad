/**
 * Reads and rewrites the tags of the HTML that the build writes, without a parser: that HTML is
 * well formed, quotes its attributes, and holds raw text only in scripts, styles and titles.
 * `mapTags('<a href="/x">', ({ attributes }) => …)` sees one tag, `a`, with one attribute.
 */

export interface Tag {
  name: string;
  /** In order; a value of null stands for an attribute without one. Values are unescaped. */
  attributes: Map<string, string | null>;
  /** What stands between the tags of a script, style, textarea or title; else empty. */
  content: string;
}

const ATTRIBUTES = `((?:\\s+[^\\s"'>/=]+(?:\\s*=\\s*(?:"[^"]*"|'[^']*'|[^\\s"'>]+))?)*)\\s*/?`;
const TOKEN = new RegExp(
  `<!--[\\s\\S]*?-->|<(script|style|textarea|title)${ATTRIBUTES}>([\\s\\S]*?)</\\1>` +
    `|<([a-zA-Z][\\w:.-]*)${ATTRIBUTES}>`,
  'g',
);
const ATTRIBUTE = /\s+([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#38': '&',
};

export function unescapeText(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#38);/g, (_, name: string) => entities[name]!);
}

export function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}

function attributesOf(text: string): Map<string, string | null> {
  const attributes = new Map<string, string | null>();
  for (const match of text.matchAll(ATTRIBUTE)) {
    const value = match[2] ?? match[3] ?? match[4];
    attributes.set(match[1]!, value === undefined ? null : unescapeText(value));
  }
  return attributes;
}

function tagOf(match: RegExpMatchArray): Tag | null {
  const name = match[1] ?? match[4];
  if (name === undefined) return null;
  const attributes = attributesOf(match[2] ?? match[5] ?? '');
  return { name: name.toLowerCase(), attributes, content: match[3] ?? '' };
}

export function tagsOf(html: string): Tag[] {
  return [...html.matchAll(TOKEN)].map(tagOf).filter((tag) => tag !== null);
}

function attributesText(attributes: Map<string, string | null>): string {
  return [...attributes]
    .map(([name, value]) => (value === null ? ` ${name}` : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
}

/**
 * The HTML with every tag that `change` gives back put in the place of the one it was given; null
 * leaves a tag as it stands, an empty text takes it out.
 */
export function mapTags(html: string, change: (tag: Tag) => Tag | '' | null): string {
  return html.replace(TOKEN, (...found: unknown[]) => {
    const text = found[0] as string;
    const tag = tagOf(found.slice(0, 6) as unknown as RegExpMatchArray);
    if (tag === null) return text;
    const changed = change(tag);
    if (changed === null) return text;
    if (changed === '') return '';
    const isClosed = text.endsWith('/>');
    const open = `<${changed.name}${attributesText(changed.attributes)}${isClosed ? '/' : ''}>`;
    return found[1] === undefined ? open : `${open}${changed.content}</${changed.name}>`;
  });
}
