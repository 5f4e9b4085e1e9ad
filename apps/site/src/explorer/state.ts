import { draftLabel } from '@beamline/figures';
import {
  parseScenario,
  type Scenario,
  type ScenarioPath,
  type Speedup,
  valueAt,
} from '@beamline/simulator';
import { editScenario } from './edit.ts';
import {
  axisOf,
  defaultAxis,
  type LoadPath,
  loadPathOf,
  loadValueOf,
  valueOfLoad,
  withLoadValue,
} from './load-axis.ts';

/**
 * The explorer's whole state as plain data, and everything that can be done to it as functions from
 * state to state. What is computed from it (runs, figures) is not part of it, and neither is what
 * is only being typed. Law: every scenario in it is valid.
 */

export const views = ['load', 'shape', 'latency', 'cost', 'size'] as const;
export type View = (typeof views)[number];
export const overlays = ['adaptive', 'confidence'] as const;
export type Overlay = (typeof overlays)[number];
export const measures = [
  'itlMean',
  'outputTokensPerSecond',
  'e2eP50',
  'joulesPerOutputToken',
] as const satisfies readonly (keyof Speedup)[];
export type Measure = (typeof measures)[number];
export const objectives = ['gpus', 'cost', 'energy'] as const;

export const MAX_ENTRIES = 6;
export const MAX_NAME = 40;
export const bandCounts = [0, 8, 16, 32] as const;

export interface Entry {
  /** Stable while the page is open; not in the address. */
  id: number;
  /** Empty: named after what tells it from the others. */
  name: string;
  scenario: Scenario;
}

export interface PriceRange {
  /** Dollars per GPU and hour. */
  low: number;
  high: number;
}

export interface SizeQuestion {
  objective: (typeof objectives)[number];
  /** Null: each scenario's own GPU. */
  gpus: readonly string[] | null;
  tensorParallel: readonly number[];
  maxGpus: number;
}

export interface ExplorerState {
  entries: readonly Entry[];
  active: number;
  /** Null: the usual axis of the load's unit. */
  over: string | null;
  /** Null: the one that fits the kind of load. */
  measure: Measure | null;
  also: readonly Overlay[];
  /** Draws behind the bands; 0 without. */
  bands: number;
  /** Null: the GPU's own range. */
  price: PriceRange | null;
  view: View;
  size: SizeQuestion;
  /** Whether only the results are shown, as a part of another page. */
  isEmbedded: boolean;
  /** Pairs of the address that no version of this page knows; kept as they are. */
  kept: readonly (readonly [string, string])[];
}

export const defaultSize: SizeQuestion = {
  objective: 'gpus',
  gpus: null,
  tensorParallel: [1, 2, 4, 8],
  maxGpus: 64,
};

export function initialState(): ExplorerState {
  return {
    entries: [{ id: 1, name: '', scenario: parseScenario({}, 'explorer') }],
    active: 0,
    over: null,
    measure: null,
    also: [],
    bands: 8,
    price: null,
    view: 'load',
    size: defaultSize,
    isEmbedded: false,
    kept: [],
  };
}

export function activeEntry(state: ExplorerState): Entry {
  return state.entries[state.active] ?? state.entries[0]!;
}

/** The load field and unit that the picture's axis has: those of the first scenario. */
export function axisPath(state: ExplorerState): LoadPath {
  return loadPathOf(state.entries[0]!.scenario);
}

export function axisSpec(state: ExplorerState): string {
  return state.over ?? defaultAxis(axisPath(state));
}

/** Values of the load field along the axis, as the command would sweep them. */
export function axisValues(state: ExplorerState, path = axisPath(state)): number[] {
  const spec = path === axisPath(state) ? axisSpec(state) : defaultAxis(path);
  return axisOf(path, spec).values as number[];
}

function nextId(state: ExplorerState): number {
  return Math.max(0, ...state.entries.map(({ id }) => id)) + 1;
}

export function addEntry(state: ExplorerState, scenario: Scenario, name = ''): ExplorerState {
  if (state.entries.length >= MAX_ENTRIES) return state;
  const entry = { id: nextId(state), name: name.slice(0, MAX_NAME), scenario };
  return { ...state, entries: [...state.entries, entry], active: state.entries.length };
}

/** A copy beside the original, for one thing to be changed in it. */
export function duplicateEntry(state: ExplorerState): ExplorerState {
  return addEntry(state, activeEntry(state).scenario);
}

/** The last scenario cannot be removed. */
export function removeEntry(state: ExplorerState, index: number): ExplorerState {
  if (state.entries.length === 1) return state;
  const entries = state.entries.filter((_, i) => i !== index);
  const active = state.active > index ? state.active - 1 : state.active;
  return keepAxis(state, { ...state, entries, active: Math.min(active, entries.length - 1) });
}

export function renameEntry(state: ExplorerState, index: number, name: string): ExplorerState {
  const tidy = name.replace(/\s+/g, ' ').trim().slice(0, MAX_NAME);
  return withEntry(state, index, { name: tidy });
}

function withEntry(state: ExplorerState, index: number, change: Partial<Entry>): ExplorerState {
  const entries = state.entries.map((entry, i) => (i === index ? { ...entry, ...change } : entry));
  return keepAxis(state, { ...state, entries });
}

/** An axis belongs to its unit: where the unit changes, the usual one of the new unit holds. */
function keepAxis(before: ExplorerState, after: ExplorerState): ExplorerState {
  return axisPath(before) === axisPath(after) ? after : { ...after, over: null };
}

export interface FieldEdit {
  state: ExplorerState;
  problems: ReturnType<typeof editScenario>['problems'];
}

/**
 * Sets fields of the active scenario, or of all of them. With problems nothing changes. The load
 * itself is one for all scenarios that count it alike: a comparison is made at one load.
 */
export function editFields(
  state: ExplorerState,
  edits: readonly (readonly [ScenarioPath, unknown])[],
  everywhere = false,
): FieldEdit {
  const loadPath = loadPathOf(activeEntry(state).scenario);
  const isLoad = edits.every(([path]) => path === loadPath);
  let entries = state.entries;
  for (const [index, entry] of state.entries.entries()) {
    const isSameLoad = isLoad && loadPathOf(entry.scenario) === loadPath;
    if (index !== state.active && !everywhere && !isSameLoad) continue;
    const { scenario, problems } = editScenario(entry.scenario, edits);
    if (scenario === null) return { state, problems };
    entries = entries.map((old, i) => (i === index ? { ...old, scenario } : old));
  }
  return { state: keepAxis(state, { ...state, entries }), problems: [] };
}

/** Moves the line of your load, in the picture's unit. */
export function setLoad(state: ExplorerState, load: number): ExplorerState {
  const path = axisPath(state);
  const value = valueOfLoad(path, load);
  if (!(value > 0) || !Number.isFinite(value)) return state;
  const entries = state.entries.map((entry) =>
    loadPathOf(entry.scenario) === path
      ? { ...entry, scenario: withLoadValue(entry.scenario, value) }
      : entry,
  );
  return { ...state, entries };
}

/** Replaces the active scenario, as a found fleet or an opened file does. */
export function replaceScenario(state: ExplorerState, scenario: Scenario): ExplorerState {
  return withEntry(state, state.active, { scenario });
}

/** One line of the picture: a scenario, or the active one under another schedule. */
export interface Series {
  key: string;
  label: string;
  scenario: Scenario;
  overlay: Overlay | null;
}

const MAX_SERIES = 6;

/** Everything that is drawn, in order; overlays of the active scenario while there is room. All
 * that count their load alike stand at the load of the active one. */
export function seriesOf(state: ExplorerState, labels: readonly string[]): Series[] {
  const { id, scenario } = activeEntry(state);
  const path = loadPathOf(scenario);
  const load = loadValueOf(scenario);
  const series: Series[] = state.entries.map((entry, i) => {
    const isThere = loadPathOf(entry.scenario) !== path || loadValueOf(entry.scenario) === load;
    return {
      key: String(entry.id),
      label: labels[i]!,
      scenario: isThere ? entry.scenario : withLoadValue(entry.scenario, load),
      overlay: null,
    };
  });
  if (scenario.speculation.method === 'none') return series;
  for (const overlay of state.also) {
    if (scenario.speculation.schedule === overlay || series.length >= MAX_SERIES) continue;
    const edited = editScenario(scenario, [['speculation.schedule', overlay]]).scenario;
    if (edited === null) continue;
    const drafting = draftLabel(scenario);
    const own = labels[state.active]!;
    const label = own.includes(drafting)
      ? own.replace(drafting, draftLabel(edited))
      : `${own} · ${overlay}`;
    series.push({ key: `${id}:${overlay}`, label, scenario: edited, overlay });
  }
  return series;
}

/** Whether two scenarios differ in nothing but their loads. */
export function isSameButLoad(a: Scenario, b: Scenario): boolean {
  const path = loadPathOf(a);
  if (path !== loadPathOf(b)) return false;
  const value = valueAt(a, path) as number;
  return JSON.stringify(a) === JSON.stringify(withLoadValue(b, value));
}
