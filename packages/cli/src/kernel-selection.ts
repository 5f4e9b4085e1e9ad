import {
  type AbsentDevice,
  AUTO,
  type AxisRequest,
  checkPatterns,
  type DeviceName,
  type DeviceTraits,
  deviceNames,
  didYouMean,
  filterOf,
  idsOf,
  inputError,
  isAbsent,
  parseAxes,
  requestOfId,
  selectOperators,
  type TimingMode,
  timingModes,
  unsupportedError,
} from '@beamline/bench';
import { type OperatorSuite, suites } from '@beamline/kernels/suites';
import type { KernelValues } from './kernel-options.ts';

/**
 * From the words of `beamline kernels` to what is to run: devices, operators, variants, cases. An
 * unknown name is refused with the nearest one.
 */

export interface Piece {
  readonly suite: OperatorSuite;
  /** Ids of listed cases, in order; empty when sizes were asked for. */
  readonly ids: readonly string[];
  /** Cases by size. */
  readonly axes: readonly AxisRequest[];
}

export interface Selection {
  readonly present: readonly DeviceTraits[];
  readonly absent: readonly AbsentDevice[];
  readonly pieces: readonly Piece[];
}

function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A device's traits, or that it is not here. */
export type Found = DeviceTraits | AbsentDevice;
export type DeviceLook = (name: DeviceName) => Promise<Found>;

/** The devices named; without names those that `standard` picks. */
export async function selectDevices(
  text: string | null,
  look: DeviceLook,
  standard: (look: DeviceLook) => Promise<Found[]>,
): Promise<Found[]> {
  if (text === null) return standard(look);
  const names = namesIn(text);
  for (const name of names) {
    if ((deviceNames as readonly string[]).includes(name)) continue;
    throw inputError(`--device ${name}: is not a device.${didYouMean(name, deviceNames)}`);
  }
  return Promise.all(names.map((name) => look(name as DeviceName)));
}

export function allDevices(look: DeviceLook): Promise<Found[]> {
  return Promise.all(deviceNames.map((name) => look(name)));
}

/** The one device that a mode works on: cuda where there is a GPU, else simt. */
export async function fastestDevice(look: DeviceLook): Promise<Found[]> {
  const cuda = await look('cuda');
  return [isAbsent(cuda) ? await look('simt') : cuda];
}

/** What is not here is skipped, or refused with `--require-device`. */
export function splitDevices(
  devices: readonly Found[],
  isRequired: boolean,
): { present: DeviceTraits[]; absent: AbsentDevice[] } {
  const absent = devices.filter((device) => isAbsent(device));
  if (isRequired && absent.length > 0) {
    const list = absent.map(({ name, missing }) => `${name} (${missing})`).join(', ');
    throw unsupportedError(`--require-device: not here: ${list}.`);
  }
  return { present: devices.filter((device): device is DeviceTraits => !isAbsent(device)), absent };
}

/** Variants to run of an operator on a device; `auto` is what the library chooses by itself. */
export function variantsOf(
  device: DeviceTraits,
  operator: string,
  wanted: readonly string[] | null,
): string[] {
  const names = device.variants(operator);
  const all = names.length > 1 ? [...names, AUTO] : [...names];
  const chosen = wanted === null ? all : all.filter((name) => wanted.includes(name));
  return chosen.map((name) => (name === AUTO ? '' : name));
}

/** The variants asked for; each must exist somewhere. */
export function selectVariants(
  text: string | null,
  devices: readonly Found[],
  operators: readonly string[],
): string[] | null {
  if (text === null) return null;
  const known = new Set([AUTO]);
  for (const device of devices) {
    const of = isAbsent(device)
      ? (device.compiled ?? (() => []))
      : (name: string) => device.variants(name);
    for (const operator of operators) for (const name of of(operator)) known.add(name);
  }
  const names = namesIn(text);
  for (const name of names) {
    if (known.has(name)) continue;
    throw inputError(`--variant ${name}: is not a variant.${didYouMean(name, [...known])}`);
  }
  return names;
}

/** Operators and cases from the arguments, --filter and --axis. */
export function selectPieces(
  operators: readonly string[],
  values: Pick<KernelValues, 'filter' | 'axis'>,
  isSmall: boolean,
  hasDefaultSizes: boolean,
): Piece[] {
  const chosen = selectOperators(suites, operators);
  const sized: AxisRequest[] = [];
  if (values.axis.length > 0) sized.push(parseAxes(values.axis, isSmall));
  const patterns = values.filter.filter((pattern) => !pattern.includes('='));
  const bySize = values.filter.filter((pattern) => pattern.includes('='));
  const ids = new Map(chosen.map((suite) => [suite, idsOf(suite)]));
  checkPatterns(patterns, [...ids.values()].flat());
  const fits = filterOf(patterns);
  const isAnything = values.axis.length === 0 && values.filter.length === 0;
  return chosen
    .map((suite) => {
      const own = bySize.filter((id) => id.startsWith(`${suite.operator.name}/`));
      const stated = own.map((id) => requestOfId(id, isSmall)!);
      const standard = isAnything && hasDefaultSizes ? [parseAxes([], isSmall)] : [];
      const isListed = patterns.length > 0 || (isAnything && !hasDefaultSizes);
      return {
        suite,
        ids: isListed ? ids.get(suite)!.filter(fits) : [],
        axes: [...sized, ...stated, ...standard],
      };
    })
    .filter((piece) => piece.ids.length > 0 || piece.axes.length > 0);
}

/** `cold-graph,warm-graph` as modes. */
export function selectModes(text: string): TimingMode[] {
  const nameOf = ({ caches, launch }: TimingMode) => `${caches}-${launch}`;
  const known = timingModes.map(nameOf);
  return namesIn(text).map((name) => {
    const mode = timingModes.find((one) => nameOf(one) === name);
    if (mode === undefined) {
      throw inputError(`--launch ${name}: is not a way of launching.${didYouMean(name, known)}`);
    }
    return mode;
  });
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `60s` in milliseconds. */
export function timeMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const ms = match === null ? Number.NaN : Number(match[1]) * UNITS[match[2]!]!;
  if (!(ms > 0 && ms <= 86_400_000)) {
    throw inputError(`--time ${text}: must be a time such as 60s, 5m or 500ms, at most 24h.`);
  }
  return ms;
}

/** `2,0,5` as choices; `-` stands for none. */
export function choicesIn(text: string): number[] {
  if (text === '-') return [];
  return namesIn(text).map((word) => {
    if (/^\d+$/.test(word) && Number(word) <= 0xffffffff) return Number(word);
    throw inputError(`--choices ${text}: "${word}" is no whole number of at least 0.`);
  });
}

/** What a skipped device would have run, in the words of every bench command. */
export function skippedText(device: AbsentDevice, pieces: readonly Piece[]): string {
  const counts = pieces.map(({ suite, ids, axes }) => ({
    cases: ids.length + axes.length,
    isCompiled: (device.compiled?.(suite.operator.name) ?? []).length > 0,
  }));
  const all = counts.reduce((sum, { cases }) => sum + cases, 0);
  const compiled = counts.reduce((sum, one) => sum + (one.isCompiled ? one.cases : 0), 0);
  const skipped = `skipped ${all} cases: ${device.missing}`;
  return device.compiled === null ? skipped : `${skipped}; compiled ${compiled} of ${all}`;
}
