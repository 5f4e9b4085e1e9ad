/**
 * Numbers for people: a fixed count of significant digits, never in exponents between 0.001 and a
 * billion. `numberText(2.3456)` is `2.35`, `numberText(1234567)` is `1,234,567`,
 * `numberText(0.04219)` is `0.0422`.
 */
export function numberText(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-3) return value.toExponential(digits - 1);
  let decimals = 0;
  for (let bound = size; bound < 10 ** (digits - 1) && decimals < digits + 2; bound *= 10)
    decimals++;
  const fixed = value.toFixed(decimals);
  const [whole, fraction] = fixed.split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const trimmed = fraction?.replace(/0+$/, '') ?? '';
  return trimmed === '' ? grouped : `${grouped}.${trimmed}`;
}
