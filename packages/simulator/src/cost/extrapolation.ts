/**
 * Whether a time is asked for outside the range that its figures were fitted in. A GPU without
 * measurements has no range: its origin says so instead.
 *
 * Example: products on the H100 were fitted for 512 to 65,536 columns; an output projection of
 * 128,256 columns is extrapolated.
 */
import type { Hardware } from '../hardware/index.ts';
import type { Origin } from '../run.ts';
import type { OperatorCost } from './ledger.ts';

type Axes = Readonly<Record<string, number>>;

/** `origin`, marked where one of the axes lies outside the operator's range. */
export function originAt(hardware: Hardware, operator: string, origin: Origin, axes: Axes): Origin {
  const range = hardware.ranges[operator];
  if (range === undefined) return origin;
  for (const [name, [least, greatest]] of Object.entries(range)) {
    const value = axes[name];
    if (value === undefined) continue;
    if (value < least || value > greatest) return { ...origin, extrapolated: true };
  }
  return origin;
}

/** A step whose lines outside their range take less than this share is not worth a warning. */
const LEAST_SHARE = 0.1;

/** A sentence on what of a step is extrapolated, or null. */
export function extrapolationWarning(lines: readonly OperatorCost[]): string | null {
  const total = lines.reduce((sum, { timeNs }) => sum + timeNs, 0);
  const outside = lines.filter(({ origin }) => origin.extrapolated === true);
  const share = outside.reduce((sum, { timeNs }) => sum + timeNs, 0) / total;
  if (!(share >= LEAST_SHARE)) return null;
  const names = outside.map(({ operator }) => operator).join(', ');
  return (
    `${Math.round(100 * share)} % of a mean step's time is extrapolated: ${names} lie outside ` +
    'the range that they were fitted in (fits in fixtures/hardware).'
  );
}
