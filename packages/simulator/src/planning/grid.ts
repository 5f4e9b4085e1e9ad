import { inputError } from '../base/errors.ts';
import { exp, log } from '../base/exact-math.ts';
import { checkedPath, fieldAt, parseScenario, setValue } from '../scenario/parse.ts';
import type { PartialScenario, Scenario } from '../scenario/scenario.ts';
import type { Field, ScenarioPath } from '../scenario/schema.ts';
import { parseText } from '../scenario/text.ts';
import { allowed, checkValue, type Problem, show } from '../scenario/values.ts';

/**
 * The grid of a sweep: each `--over path=spec` is one axis, and the grid is their cartesian
 * product, the last axis fastest. `speculation.beams=1,2` and `workload.ratePerSecond=1:4:pow2`
 * make six points: beams 1 at 1, 2, 4 and beams 2 at 1, 2, 4.
 *
 * A spec is a list of values or of ranges: `a,b,c` · `lo:hi:linN` · `lo:hi:logN` · `lo:hi:pow2`.
 * A value that holds a comma itself (rows of a schedule) stands between `|`:
 * `speculation.schedule=fixed|4:8x5,16:4x4,0`.
 */

export interface Axis {
  path: ScenarioPath;
  /** Distinct, in the order given. */
  values: unknown[];
}

export interface GridPoint {
  /** Place in the grid, from 0. */
  index: number;
  /** The value of every axis at this point, in the order of the axes. */
  settings: Record<string, unknown>;
  scenario: Scenario;
}

/** More than this many points are refused before anything runs. */
export const MAX_GRID_POINTS = 100_000;
const MAX_RANGE_POINTS = 10_000;

export interface GridOptions {
  /** The name of the base scenario's source, for messages. */
  where?: string;
  /** Completes a point's scenario; a caller that reads files for references brings its own. */
  complete?: (partial: PartialScenario, where: string) => Scenario;
}

/**
 * The points of a grid, in order.
 * @throws BeamlineError `input` on a wrong axis, an axis given twice, too many points, or a point
 * whose scenario is not valid (named with its settings)
 */
export function expandGrid(
  base: PartialScenario,
  overs: readonly string[],
  options: GridOptions = {},
): GridPoint[] {
  const axes = overs.map(parseAxis);
  checkAxes(axes);
  const complete = options.complete ?? parseScenario;
  const where = options.where ?? 'sweep';
  const total = gridSize(axes);
  const points: GridPoint[] = [];
  for (let index = 0; index < total; index++) {
    const settings = settingsAt(axes, index);
    let given = base;
    for (const { path } of axes) given = setValue(given, path, settings[path]);
    const name = axes.length === 0 ? where : `${where} at ${describeSettings(settings)}`;
    points.push({ index, settings, scenario: complete(given, name) });
  }
  return points;
}

/** `speculation.beams=4 workload.ratePerSecond=8` */
export function describeSettings(settings: Record<string, unknown>): string {
  return Object.entries(settings)
    .map(([path, value]) => `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function settingsAt(axes: readonly Axis[], index: number): Record<string, unknown> {
  const chosen: unknown[] = [];
  let rest = index;
  for (let i = axes.length - 1; i >= 0; i--) {
    const { values } = axes[i]!;
    chosen[i] = values[rest % values.length];
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(axes.map(({ path }, i) => [path, chosen[i]]));
}

function checkAxes(axes: readonly Axis[]): void {
  const seen = new Set<string>();
  for (const { path } of axes) {
    if (seen.has(path)) {
      throw inputError(`--over ${path}: is given twice; put all its values in one, as in 1,2,4.`);
    }
    seen.add(path);
  }
  const total = gridSize(axes);
  if (total > MAX_GRID_POINTS) {
    const sizes = axes.map((axis) => axis.values.length).join(' x ');
    throw inputError(
      `--over: ${sizes} = ${total} points; at most ${MAX_GRID_POINTS} are allowed in one sweep.`,
    );
  }
}

function gridSize(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.values.length, 1);
}

/**
 * One axis from `path=spec`.
 * @throws BeamlineError `input` on an unknown path, an empty or wrong spec, or a wrong value
 */
export function parseAxis(over: string): Axis {
  const equals = over.indexOf('=');
  if (equals < 0) {
    throw inputError(
      `--over ${over}: must be path=values, such as speculation.beams=1,2,4 ` +
        'or workload.ratePerSecond=0.5:64:log8.',
    );
  }
  const path = checkedPath(over.slice(0, equals).trim(), '--over ');
  const field = fieldAt(path);
  const spec = over.slice(equals + 1).trim();
  if (spec === '') throw wrong(path, spec, `has no values; allowed: ${allowedSpec(field)}.`);
  const isNumeric = field.value.kind === 'integer' || field.value.kind === 'number';
  const values: unknown[] = [];
  const seen = new Set<string>();
  for (const item of splitItems(spec)) {
    if (item === '') throw wrong(path, spec, 'has an empty value between two separators.');
    const isRange = isNumeric && item.includes(':');
    const expanded = isRange ? expandRange(path, field, item) : [parseText(field, item)];
    for (const value of expanded) {
      const plain = checked(path, field, value, item);
      const text = JSON.stringify(plain);
      if (!seen.has(text)) values.push(plain);
      seen.add(text);
    }
  }
  return { path, values };
}

function checked(path: ScenarioPath, field: Field, value: unknown, item: string): unknown {
  const problems: Problem[] = [];
  const plain = checkValue(path, field, value, (at, message) =>
    problems.push({ path: at, message }),
  );
  if (problems.length > 0) throw wrong(path, item, problems[0]!.message);
  return plain;
}

/** Splits at `|` where there is one, else at commas; not inside quotes, brackets or braces. */
function splitItems(spec: string): string[] {
  const bars = splitAt(spec, '|');
  return (bars.length > 1 ? bars : splitAt(spec, ',')).map((item) => item.trim());
}

function splitAt(spec: string, separator: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let i = 0; i < spec.length; i++) {
    const char = spec[i]!;
    if (isQuoted) {
      if (char === '\\') i++;
      else if (char === '"') isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    else if (char === separator && depth <= 0) {
      items.push(spec.slice(start, i));
      start = i + 1;
    }
  }
  items.push(spec.slice(start));
  return items;
}

const RANGE_FORMS = 'lo:hi:linN, lo:hi:logN or lo:hi:pow2';

function expandRange(path: ScenarioPath, field: Field, item: string): number[] {
  const [lowText, highText, step, ...more] = item.split(':');
  const low = parseText(field, lowText!.trim());
  const high = parseText(field, (highText ?? '').trim());
  if (step === undefined || more.length > 0) {
    throw wrong(path, item, `is not a range; allowed: ${RANGE_FORMS}.`);
  }
  if (typeof low !== 'number' || typeof high !== 'number' || !(low < high && high < Infinity)) {
    throw wrong(path, item, `needs two numbers, the lower one first (${RANGE_FORMS}).`);
  }
  const numbers = rangeNumbers(path, item, low, high, step);
  return field.value.kind === 'integer' ? numbers.map(Math.round) : numbers.map(tidy);
}

function rangeNumbers(
  path: ScenarioPath,
  item: string,
  low: number,
  high: number,
  step: string,
): number[] {
  if (low <= 0 && /^(log|pow2)/.test(step)) {
    throw wrong(path, item, `needs a lower end above 0 for ${step}.`);
  }
  if (step === 'pow2') {
    const numbers: number[] = [];
    for (let value = low; value <= high; value *= 2) numbers.push(value);
    return numbers;
  }
  const match = /^(lin|log)(\d+)$/.exec(step);
  const count = match === null ? 0 : Number(match[2]);
  if (match === null || count < 2 || count > MAX_RANGE_POINTS) {
    const counts = `N from 2 to ${MAX_RANGE_POINTS}`;
    throw wrong(path, item, `ends in ${show(step)}; allowed: ${RANGE_FORMS}, ${counts}.`);
  }
  const isLog = match[1] === 'log';
  const ratio = isLog ? log(high / low) : 0;
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return low;
    if (i === count - 1) return high;
    const share = i / (count - 1);
    return isLog ? low * exp(ratio * share) : low + (high - low) * share;
  });
}

/** Twelve digits: 0.5:64:log8 gives 1, not 1.0000000000000002. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function allowedSpec(field: Field): string {
  const isNumeric = field.value.kind === 'integer' || field.value.kind === 'number';
  const ranges = isNumeric ? `, or ${RANGE_FORMS}` : '';
  return `values separated by commas, each ${allowed(field.value, field.unit)}${ranges}`;
}

function wrong(path: string, spec: string, message: string): Error {
  return inputError(`--over ${path}=${spec}: ${message}`);
}
