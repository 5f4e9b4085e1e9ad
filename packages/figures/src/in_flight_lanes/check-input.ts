/** Input of a page or of an address, checked: an error says what was given and what is allowed. */
import { didYouMean, inputError } from '@beamline/simulator';

/** One of a few names. */
export function oneOf<Name extends string>(
  field: string,
  value: unknown,
  names: readonly Name[],
): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  const near = typeof value === 'string' ? didYouMean(value, names) : '';
  throw inputError(`${field} is ${shown(value)}; it must be one of ${names.join(', ')}.${near}`);
}

/** A whole number in a range, or null where the field leaves it open. */
export function wholeOrNull(
  field: string,
  value: unknown,
  least: number,
  most: number,
): number | null {
  if (value === null) return null;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  throw inputError(
    `${field} is ${shown(value)}; it must be a whole number from ${least} to ${most}, or null.`,
  );
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : String(value);
}
