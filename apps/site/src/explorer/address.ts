/**
 * The state as the query of an address, and back. The first scenario is spelled as
 * `beamline scenario --format url` spells it; further ones have their number in front:
 * `?speculation.beams=8&scenarios=2&2.speculation.method=none&view=cost`.
 *
 * Laws: reading what was written gives the state again; defaults are left out; names that are not
 * known are kept, written again and reported; nothing in an address can throw, or reach more than
 * the fields of the table.
 */
import {
  BeamlineError,
  changedPaths,
  didYouMean,
  examineScenario,
  fieldAt,
  isScenarioPath,
  type PartialScenario,
  parseText,
  type Scenario,
  scenarioPaths,
  setValue,
  textAt,
  toSearchParams,
} from '@beamline/simulator';
import { axisOf } from './load-axis.ts';
import {
  axisPath,
  bandCounts,
  defaultSize,
  type Entry,
  type ExplorerState,
  initialState,
  MAX_ENTRIES,
  MAX_NAME,
  measures,
  objectives,
  overlays,
  type PriceRange,
  views,
} from './state.ts';

export const ADDRESS_VERSION = 1;
/** Beyond these an address is not read at all. */
const MAX_CHARACTERS = 65_536;
const MAX_PAIRS = 400;

/** What is wrong with an address; each has a sentence in `messages.ts`. */
export type AddressReport =
  | { kind: 'unknown'; name: string; hint: string }
  | { kind: 'wrong'; name: string; message: string }
  | { kind: 'twice'; name: string }
  | { kind: 'version'; version: string }
  | { kind: 'too-long' };

export interface DecodedAddress {
  state: ExplorerState;
  reports: AddressReport[];
}

/** Name and value pairs, in a fixed order. */
export function encodeAddress(state: ExplorerState): [string, string][] {
  const pairs: [string, string][] = [];
  const add = (name: string, value: string | null) => {
    if (value !== null) pairs.push([name, value]);
  };
  const [first, ...more] = state.entries;
  pairs.push(...toSearchParams(first!.scenario));
  add('name', first!.name === '' ? null : first!.name);
  add('scenarios', more.length === 0 ? null : String(state.entries.length));
  for (const [index, { scenario, name }] of more.entries()) {
    const number = index + 2;
    for (const path of changedPaths(scenario)) {
      pairs.push([`${number}.${path}`, textAt(scenario, path)]);
    }
    add(`${number}.name`, name === '' ? null : name);
  }
  add('on', state.active === 0 ? null : String(state.active + 1));
  add('over', state.over);
  add('measure', state.measure);
  add('also', state.also.length === 0 ? null : state.also.join(','));
  const usual = initialState();
  add('bands', state.bands === usual.bands ? null : String(state.bands));
  add('price', state.price === null ? null : `${state.price.low}:${state.price.high}`);
  add('view', state.view === usual.view ? null : state.view);
  const { objective, gpus, tensorParallel, maxGpus } = state.size;
  add('objective', objective === defaultSize.objective ? null : objective);
  add('gpus', gpus === null ? null : gpus.join(','));
  const degrees = tensorParallel.join(',');
  add('tp', degrees === defaultSize.tensorParallel.join(',') ? null : degrees);
  add('max-gpus', maxGpus === defaultSize.maxGpus ? null : String(maxGpus));
  add('embed', state.isEmbedded ? '1' : null);
  if (pairs.length > 0) pairs.push(['v', String(ADDRESS_VERSION)]);
  return [...pairs, ...state.kept.map(([name, value]): [string, string] => [name, value])];
}

/** `?…`, or nothing for the state that the page opens with. */
export function addressOf(state: ExplorerState): string {
  const query = new URLSearchParams(encodeAddress(state)).toString();
  return query === '' ? '' : `?${query}`;
}

/** Whether it is what the page opens with. */
export function isUsual(state: ExplorerState): boolean {
  return addressOf({ ...state, isEmbedded: false }) === '';
}

export function decodeAddress(search: string): DecodedAddress {
  const reports: AddressReport[] = [];
  if (search.length > MAX_CHARACTERS) {
    return { state: initialState(), reports: [{ kind: 'too-long' }] };
  }
  const all = [...new URLSearchParams(search)];
  if (all.length > MAX_PAIRS) return { state: initialState(), reports: [{ kind: 'too-long' }] };
  const kept: [string, string][] = [];
  const page = new Map<string, string>();
  const fields = Array.from({ length: MAX_ENTRIES }, () => new Map<string, string>());
  for (const [name, value] of all) {
    const place = placeOf(name);
    if (place === null) {
      kept.push([name, value]);
      const hint = didYouMean(name, [...scenarioPaths, ...pageKeys]).trim();
      reports.push({ kind: 'unknown', name, hint });
      continue;
    }
    const target = place.entry === null ? page : fields[place.entry]!;
    if (target.has(place.key)) reports.push({ kind: 'twice', name });
    else target.set(place.key, value);
  }
  const state = stateFrom(page, fields, reports);
  return { state: { ...state, kept }, reports };
}

const pageKeys = [
  'v',
  'scenarios',
  'on',
  'over',
  'measure',
  'also',
  'bands',
  'price',
  'view',
  'objective',
  'gpus',
  'tp',
  'max-gpus',
  'embed',
] as const;
type PageKey = (typeof pageKeys)[number];

function placeOf(name: string): { entry: number | null; key: string } | null {
  if ((pageKeys as readonly string[]).includes(name)) return { entry: null, key: name };
  if (name === 'name' || isScenarioPath(name)) return { entry: 0, key: name };
  const numbered = /^([2-6])\.(.+)$/.exec(name);
  if (numbered === null) return null;
  const key = numbered[2]!;
  if (key !== 'name' && !isScenarioPath(key)) return null;
  return { entry: Number(numbered[1]) - 1, key };
}

function stateFrom(
  page: ReadonlyMap<string, string>,
  fields: readonly ReadonlyMap<string, string>[],
  reports: AddressReport[],
): ExplorerState {
  const wrong = (name: string, message: string) => {
    const isKnown = reports.some((one) => one.kind === 'wrong' && one.name === name);
    if (!isKnown) reports.push({ kind: 'wrong', name, message });
  };
  const get = (name: PageKey) => page.get(name);
  const version = get('v');
  if (version !== undefined && version !== String(ADDRESS_VERSION)) {
    reports.push({ kind: 'version', version });
  }
  const count = oneNumber(get('scenarios'), 1, 1, MAX_ENTRIES, 'scenarios', wrong);
  // A field of a scenario that the count leaves out still asks for it.
  const last = fields.findLastIndex((map) => map.size > 0) + 1;
  const entries: Entry[] = fields.slice(0, Math.max(1, count, last)).map((map, i) => ({
    id: i + 1,
    name: (map.get('name') ?? '').slice(0, MAX_NAME),
    scenario: scenarioFrom(map, i === 0 ? '' : `${i + 1}.`, wrong),
  }));
  const usual = initialState();
  const state: ExplorerState = {
    ...usual,
    entries,
    active: oneNumber(get('on'), 1, 1, entries.length, 'on', wrong) - 1,
    measure: oneOf(get('measure'), null, measures, 'measure', wrong),
    also: listOf(get('also'), [], overlays, 'also', wrong),
    bands: Number(oneOf(get('bands'), String(usual.bands), bandCounts.map(String), 'bands', wrong)),
    price: priceFrom(get('price'), wrong),
    isEmbedded: oneOf(get('embed'), '0', ['0', '1'], 'embed', wrong) === '1',
    view: oneOf(get('view'), usual.view, views, 'view', wrong),
    size: {
      objective: oneOf(get('objective'), defaultSize.objective, objectives, 'objective', wrong),
      gpus: gpusFrom(get('gpus'), wrong),
      tensorParallel: degreesFrom(get('tp'), wrong),
      maxGpus: oneNumber(get('max-gpus'), defaultSize.maxGpus, 1, 4096, 'max-gpus', wrong),
    },
  };
  return { ...state, over: overFrom(state, get('over'), wrong) };
}

type Wrong = (name: string, message: string) => void;

/** The scenario of some texts; a value that is wrong is reported and left at its default. */
function scenarioFrom(map: ReadonlyMap<string, string>, prefix: string, wrong: Wrong): Scenario {
  const texts = new Map([...map].filter(([key]) => key !== 'name'));
  for (;;) {
    let given: PartialScenario = {};
    for (const [path, text] of texts) {
      if (isScenarioPath(path)) given = setValue(given, path, parseText(fieldAt(path), text));
    }
    const { scenario, problems } = examineScenario(given);
    if (problems.length === 0) return scenario;
    const before = texts.size;
    for (const { path, message } of problems) {
      wrong(`${prefix}${path}`, message);
      for (const name of [...texts.keys()]) {
        if (path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)) {
          texts.delete(name);
        }
      }
    }
    // A problem between fields names one that may not be in the address: then none is taken.
    if (texts.size === before) texts.clear();
  }
}

function oneNumber(
  text: string | undefined,
  usual: number,
  min: number,
  max: number,
  name: string,
  wrong: Wrong,
): number {
  if (text === undefined) return usual;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  wrong(name, `must be an integer from ${min} to ${max} (got ${short(text)}).`);
  return usual;
}

function oneOf<T extends string, U>(
  text: string | undefined,
  usual: U,
  allowed: readonly T[],
  name: string,
  wrong: Wrong,
): T | U {
  if (text === undefined) return usual;
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  wrong(name, `must be one of ${allowed.join(', ')} (got ${short(text)}).`);
  return usual;
}

function listOf<T extends string>(
  text: string | undefined,
  usual: readonly T[],
  allowed: readonly T[],
  name: string,
  wrong: Wrong,
): readonly T[] {
  if (text === undefined) return usual;
  const parts = text.split(',');
  const found = allowed.filter((value) => parts.includes(value));
  if (found.length === parts.length) return found;
  wrong(name, `must be some of ${allowed.join(', ')} (got ${short(text)}).`);
  return found;
}

function priceFrom(text: string | undefined, wrong: Wrong): PriceRange | null {
  if (text === undefined) return null;
  const [low, high, ...more] = text.split(':').map(Number);
  if (low !== undefined && high !== undefined && more.length === 0 && isPrice(low, high)) {
    return { low, high };
  }
  wrong('price', `must be LOW:HIGH dollars per GPU and hour (got ${short(text)}).`);
  return null;
}

export function isPrice(low: number, high: number): boolean {
  return low > 0 && high >= low && high <= 10_000;
}

function gpusFrom(text: string | undefined, wrong: Wrong): readonly string[] | null {
  if (text === undefined) return null;
  const names = [...new Set(text.split(','))];
  if (names.length <= 16 && names.every((name) => /^[a-z0-9.-]{1,40}$/.test(name))) return names;
  wrong('gpus', `must be names of GPUs with commas between them (got ${short(text)}).`);
  return null;
}

function degreesFrom(text: string | undefined, wrong: Wrong): readonly number[] {
  if (text === undefined) return defaultSize.tensorParallel;
  const degrees = [...new Set(text.split(',').map(Number))];
  const isRight = (n: number) => Number.isInteger(n) && n >= 1 && n <= 64;
  if (degrees.length <= 8 && degrees.every(isRight)) return degrees;
  wrong('tp', `must be integers from 1 to 64 with commas between them (got ${short(text)}).`);
  return defaultSize.tensorParallel;
}

function overFrom(state: ExplorerState, text: string | undefined, wrong: Wrong): string | null {
  if (text === undefined) return null;
  try {
    axisOf(axisPath(state), text);
    return text;
  } catch (error) {
    if (!(error instanceof BeamlineError)) throw error;
    wrong('over', error.message.replace(/^--over [^:]*: /, ''));
    return null;
  }
}

function short(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
