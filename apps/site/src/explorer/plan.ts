import type { Scenario } from '@beamline/simulator';
import { editScenario } from './edit.ts';
import { loadPathOf, withLoadValue } from './load-axis.ts';
import { activeEntry, axisPath, axisValues, type ExplorerState, type Series } from './state.ts';

/**
 * Which runs a state asks for, and in which order: first few requests at every load, coarse to
 * fine, so that a whole curve stands at once; then your own load in full; then every load in full;
 * then the draws behind the bands. Law: what was asked is always drawn as soon as it is there, and
 * each point says how many requests it rests on.
 */

/** Requests of the first curve: 20 points with and without drafting in well under 2 s. */
export const QUICK_REQUESTS = 200;
/** Requests of each draw behind a band. */
export const BAND_REQUESTS = 200;
/** Most requests of one run on this page; the command has no such bound. */
export const PAGE_REQUESTS = 20_000;

export const heatBeams = [1, 2, 3, 4, 6, 8] as const;
export const heatLengths = [1, 2, 3, 4, 5, 6, 8] as const;

export type Stage = 'quick' | 'yours' | 'full' | 'bands';
export const stages: readonly Stage[] = ['quick', 'yours', 'full', 'bands'];

export interface Wanted {
  stage: Stage;
  scenario: Scenario;
  draws: number;
}

const cuts = new Map<number, WeakMap<Scenario, Scenario>>();

/** The scenario with at most `most` requests; itself when it has no more. */
export function atMost(scenario: Scenario, most: number): Scenario {
  const { requests } = scenario.workload;
  if (requests !== null && requests <= most) return scenario;
  let known = cuts.get(most);
  if (known === undefined) {
    known = new WeakMap();
    cuts.set(most, known);
  }
  const cut = known.get(scenario) ?? {
    ...scenario,
    workload: { ...scenario.workload, requests: most },
  };
  known.set(scenario, cut);
  return cut;
}

export const quickOf = (scenario: Scenario) => atMost(scenario, QUICK_REQUESTS);
export const fullOf = (scenario: Scenario) => atMost(scenario, PAGE_REQUESTS);
export const drawsOfBand = (scenario: Scenario) => atMost(scenario, BAND_REQUESTS);

/** Whether the page simulates fewer requests than the scenario asks for. */
export function isCut(scenario: Scenario): boolean {
  return fullOf(scenario) !== scenario;
}

/** Places 0 … n−1 with both ends first and every gap halved next: 0 4 2 1 3 for five. */
export function coarseToFine(count: number): number[] {
  if (count <= 2) return Array.from({ length: count }, (_, i) => i);
  const order = [0, count - 1];
  const seen = new Set(order);
  for (let step = count - 1; step > 1; step = Math.ceil(step / 2)) {
    for (let at = 0; at < count; at += step) {
      const middle = Math.min(count - 1, at + Math.floor(step / 2));
      if (!seen.has(middle)) order.push(middle);
      seen.add(middle);
    }
  }
  for (let i = 0; i < count; i++) if (!seen.has(i)) order.push(i);
  return order;
}

/** The last few axes: while a load is dragged, nothing along the axis changes. */
const axes = new Map<string, Scenario[]>();
const MAX_AXES = 24;

/** The scenarios of one series along the axis of its own unit. */
export function alongAxis(state: ExplorerState, scenario: Scenario): Scenario[] {
  const values = axisValues(state, loadPathOf(scenario));
  const first = withLoadValue(scenario, values[0]!);
  const key = `${values.join(',')} ${JSON.stringify(first)}`;
  let along = axes.get(key);
  if (along === undefined) {
    along = values.map((value) => withLoadValue(scenario, value));
    if (axes.size >= MAX_AXES) axes.clear();
    axes.set(key, along);
  }
  return along;
}

/** The scenario of one cell of the heat map. */
export function withShape(scenario: Scenario, beams: number, draftLength: number): Scenario | null {
  return editScenario(scenario, [
    ['speculation.beams', beams],
    ['speculation.draftLength', draftLength],
    ['speculation.schedule', 'fixed'],
  ]).scenario;
}

export function shapesOf(scenario: Scenario): Scenario[] {
  if (scenario.speculation.method === 'none') return [];
  return heatBeams.flatMap((beams) =>
    heatLengths.flatMap((length) => withShape(scenario, beams, length) ?? []),
  );
}

/** Everything that a state needs, first what is needed first. */
export function wantedOf(
  state: ExplorerState,
  series: readonly Series[],
  gpus: readonly string[] = [],
): Wanted[] {
  const wanted: Wanted[] = [];
  const add = (stage: Stage, scenario: Scenario, draws = 0) =>
    wanted.push({ stage, scenario, draws });
  const yours = () => {
    for (const { scenario } of series) add('yours', fullOf(scenario));
  };
  if (state.view === 'load') {
    addCurves(state, series, add, yours);
    return wanted;
  }
  yours();
  const all = state.view === 'shape' ? shapesOf(activeEntry(state).scenario) : [];
  if (state.view === 'cost') all.push(...fleetsOf(state, series, gpus));
  for (const one of all) add('quick', quickOf(one));
  for (const one of all) add('full', fullOf(one));
  return wanted;
}

/**
 * What cost and energy are compared between, at your load: all series, and the active scenario on
 * every GPU that is known, with drafting and without. Each scenario once.
 */
export function fleetsOf(
  state: ExplorerState,
  series: readonly Series[],
  gpus: readonly string[],
): Scenario[] {
  const { scenario } = activeEntry(state);
  const own = scenario.hardware.gpu;
  const names = typeof own === 'string' ? [own, ...gpus.filter((gpu) => gpu !== own)] : [];
  const all = series.map((one) => one.scenario);
  for (const gpu of names) {
    const there = editScenario(scenario, [['hardware.gpu', gpu]]).scenario;
    const plain = editScenario(scenario, [
      ['hardware.gpu', gpu],
      ['speculation.method', 'none'],
    ]).scenario;
    for (const one of [there, plain]) if (one !== null) all.push(one);
  }
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function addCurves(
  state: ExplorerState,
  series: readonly Series[],
  add: (stage: Stage, scenario: Scenario, draws?: number) => void,
  yours: () => void,
): void {
  const path = axisPath(state);
  const drawn = series.filter(({ scenario }) => loadPathOf(scenario) === path);
  const order = coarseToFine(axisValues(state).length);
  const curves = drawn.map(({ scenario }) => alongAxis(state, scenario));
  const each = (act: (scenario: Scenario) => void) => {
    for (const at of order) for (const curve of curves) act(curve[at]!);
  };
  each((scenario) => add('quick', quickOf(scenario)));
  yours();
  each((scenario) => add('full', fullOf(scenario)));
  if (state.bands === 0) return;
  each((scenario) => {
    if (scenario.speculation.method !== 'none') {
      add('bands', drawsOfBand(scenario), state.bands);
    }
  });
}

/** Scenarios are never changed, so that the text of each is made once. */
const texts = new WeakMap<Scenario, string>();

/** Names one run; equal names are the same run. */
export function runKey({ scenario, draws }: Pick<Wanted, 'scenario' | 'draws'>): string {
  let text = texts.get(scenario);
  if (text === undefined) {
    text = JSON.stringify(scenario);
    texts.set(scenario, text);
  }
  return `${draws} ${text}`;
}

/** Requests of each fleet that a search for the smallest simulates. */
export const SIZE_REQUESTS = 1000;
