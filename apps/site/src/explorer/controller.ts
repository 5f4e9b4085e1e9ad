import { defaultMeasure, type LoadSpeedup, loadOf, loadSpeedup } from '@beamline/figures';
import type { Language } from '@beamline/figures/frame';
import {
  type Problem,
  type Run,
  runJson,
  type Scenario,
  type ScenarioPath,
} from '@beamline/simulator';
import { type AddressReport, addressOf, decodeAddress } from './address.ts';
import { type Placed, type Reading, readingBetween, readingOf } from './at-load.ts';
import { commit, type History, redo, startHistory, undo } from './history.ts';
import { labelsOf } from './labels.ts';
import { loadOfValue, loadPathOf, loadValueOf } from './load-axis.ts';
import { alongAxis, drawsOfBand, fleetsOf, fullOf, quickOf } from './plan.ts';
import type { WorkerPool } from './pool.ts';
import type { PointResult } from './protocol.ts';
import { type Progress, Session } from './session.ts';
import {
  activeEntry,
  axisPath,
  type ExplorerState,
  editFields,
  type Measure,
  type Series,
  seriesOf,
  setLoad,
} from './state.ts';

/**
 * The explorer without its page: the state with its undo steps and its address, what is being
 * typed, and what has been computed. Laws: what is only moved (a line being dragged) replaces the
 * address and is one undo step at its end; what is committed is a new entry of the browser's
 * history; a text that is no valid value stays beside its field with the parser's own message and
 * reaches nothing else.
 */
export interface AddressPort {
  read(): string;
  /** A new step of the browser's history; false where it is not allowed. */
  push(search: string): boolean;
  replace(search: string): boolean;
}

export interface Draft {
  text: string;
  message: string;
}

export class Explorer {
  readonly #address: AddressPort;
  readonly #onChange: () => void;
  #history: History<ExplorerState>;
  #moving: ExplorerState | null = null;
  #session: Session | null = null;
  #language: Language;
  /** What is being typed, by `entry id:path`. */
  readonly drafts = new Map<string, Draft>();
  #loadModel: { key: string; model: LoadSpeedup | null } | null = null;
  reports: AddressReport[];
  /** GPUs that cost is compared between. */
  gpus: readonly string[] = [];
  /** Whether an edit goes to all scenarios. */
  editsAll = false;
  /** Whether the browser refused to change the address. */
  isAddressDenied = false;

  constructor(address: AddressPort, language: Language, onChange: () => void) {
    this.#address = address;
    this.#language = language;
    this.#onChange = onChange;
    const { state, reports } = decodeAddress(address.read());
    this.#history = startHistory(state);
    this.reports = reports;
  }

  get state(): ExplorerState {
    return this.#moving ?? this.#history.present;
  }

  get isMoving(): boolean {
    return this.#moving !== null;
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }

  /** From now on runs are computed; `onResult` follows every one of them. */
  start(pool: WorkerPool, onResult: () => void): void {
    this.#session = new Session(pool, onResult);
    this.recompute();
  }

  recompute(): void {
    this.#session?.update(this.state, this.series, this.gpus);
    this.#onChange();
  }

  /** Files have changed. */
  forget(): void {
    this.#session?.forget();
    this.recompute();
  }

  commit(next: ExplorerState): void {
    this.#moving = null;
    // The address holds the whole state: what reads the same is the same.
    if (addressOf(next) === addressOf(this.#history.present)) {
      this.#onChange();
      return;
    }
    this.#history = commit(this.#history, next);
    this.#tell('push');
    this.recompute();
  }

  /** Like `commit`, but on the way: drawn at once, computed and remembered when it settles. */
  move(next: ExplorerState): void {
    this.#moving = next;
    this.#tell('replace');
    this.#onChange();
  }

  settle(): void {
    const moved = this.#moving;
    if (moved === null) return;
    // The address on the way stood in the place of the step before it.
    this.#moving = null;
    this.#tell('replace');
    this.commit(moved);
  }

  undo(): void {
    this.#step(undo(this.#history));
  }

  redo(): void {
    this.#step(redo(this.#history));
  }

  #step(history: History<ExplorerState>): void {
    if (history === this.#history) return;
    this.#moving = null;
    this.drafts.clear();
    this.#history = history;
    this.#tell('push');
    this.recompute();
  }

  /** The browser went back or forward. */
  readAddress(): void {
    const { state, reports } = decodeAddress(this.#address.read());
    this.#moving = null;
    this.drafts.clear();
    this.reports = reports;
    this.#history = commit(this.#history, state);
    this.recompute();
  }

  #tell(how: 'push' | 'replace'): void {
    this.isAddressDenied = !this.#address[how](addressOf(this.state));
  }

  /**
   * Tries what has been typed, together with everything else that waits to become valid. `text` is
   * what the field goes on to show while it is not.
   */
  edit(edits: readonly (readonly [ScenarioPath, unknown])[], text: string): boolean {
    const [path] = edits[0]!;
    const { state, problems } = editFields(this.state, edits, this.editsAll);
    const key = this.draftKey(path);
    if (problems.length === 0) {
      this.drafts.delete(key);
      this.commit(state);
      return true;
    }
    this.drafts.set(key, { text, message: messageAt(problems, path) });
    this.#onChange();
    return false;
  }

  draftKey(path: string): string {
    return `${activeEntry(this.state).id}:${path}`;
  }

  draftOf(path: string): Draft | null {
    return this.drafts.get(this.draftKey(path)) ?? null;
  }

  moveLoad(load: number): void {
    this.move(setLoad(this.state, load));
  }

  /** Names of the scenarios, in order. */
  get labels(): string[] {
    return labelsOf(this.state.entries, this.#language);
  }

  get series(): Series[] {
    return seriesOf(this.state, this.labels);
  }

  get progress(): Progress | null {
    return this.#session?.progress ?? null;
  }

  get measure(): Measure {
    const { measure } = this.state;
    if (measure !== null) return measure;
    return axisPath(this.state) === 'workload.concurrency'
      ? 'outputTokensPerSecond'
      : (defaultMeasure([]) as Measure);
  }

  /** Your load, in the picture's unit. */
  get load(): number {
    const { scenario } = activeEntry(this.state);
    return loadOfValue(loadPathOf(scenario), loadValueOf(scenario));
  }

  /** The best there is for a scenario: in full, else the first look at it. */
  pointOf(scenario: Scenario): PointResult | null {
    return (
      this.#session?.result({ scenario: fullOf(scenario), draws: 0 }) ??
      this.#session?.result({ scenario: quickOf(scenario), draws: 0 }) ??
      null
    );
  }

  /** The run of a scenario with its bands, where they have been drawn. */
  #runOf(scenario: Scenario): Run | null {
    const point = this.pointOf(scenario);
    if (point === null || !point.ok) return null;
    const { bands: draws } = this.state;
    if (draws === 0) return point.run;
    const drawn = this.#session?.result({ scenario: drawsOfBand(scenario), draws });
    const bands = drawn?.ok ? drawn.run.bands : undefined;
    return bands === undefined ? point.run : { ...point.run, bands };
  }

  /** The curve's model from what is there; the same object until there is more. */
  loadModel(): LoadSpeedup | null {
    const drawn = this.#onAxis.map(({ label, scenario }) => {
      return [label, JSON.stringify(alongAxis(this.state, scenario)[0])];
    });
    const { measure, state } = this;
    const key = JSON.stringify([this.#session?.version, measure, state.bands, state.over, drawn]);
    if (this.#loadModel?.key !== key) this.#loadModel = { key, model: this.#makeLoadModel() };
    return this.#loadModel.model;
  }

  #makeLoadModel(): LoadSpeedup | null {
    const names = new Map<Run, string>();
    const runs: Run[] = [];
    for (const { label, scenario } of this.#onAxis) {
      for (const at of alongAxis(this.state, scenario)) {
        const run = this.#runOf(at);
        if (run === null) continue;
        names.set(run, label);
        runs.push(run);
      }
    }
    return runs.length === 0 ? null : loadSpeedup(runs, this.measure, (run) => names.get(run)!);
  }

  /** The band of the active scenario at your load, between its points; null without one. */
  bandAtLoad(model: LoadSpeedup | null): { low: number; high: number } | null {
    const label = this.labels[this.state.active];
    const points = model?.series.find((one) => one.label === label)?.points ?? [];
    const known = points.filter(({ draws }) => draws > 0);
    const after = known.findIndex((point) => point.load >= this.load);
    const b = known[after];
    if (b === undefined) return null;
    if (b.load === this.load) return { low: b.low, high: b.high };
    const a = known[after - 1];
    if (a === undefined) return null;
    const share = Math.log(this.load / a.load) / Math.log(b.load / a.load);
    return { low: a.low + share * (b.low - a.low), high: a.high + share * (b.high - a.high) };
  }

  /** What cost and energy are compared between, and what became of each. */
  get fleets(): { scenario: Scenario; point: PointResult | null }[] {
    return fleetsOf(this.state, this.series, this.gpus).map((scenario) => ({
      scenario,
      point: this.pointOf(scenario),
    }));
  }

  /** Series whose load is counted as the axis counts it. */
  get #onAxis(): Series[] {
    const path = axisPath(this.state);
    return this.series.filter(({ scenario }) => loadPathOf(scenario) === path);
  }

  /** Names of those that are not. */
  get offAxis(): string[] {
    const path = axisPath(this.state);
    return this.series
      .filter(({ scenario }) => loadPathOf(scenario) !== path)
      .map(({ label }) => label);
  }

  /** What could not be run along the curves: how many points, and why the first of them. */
  failures(): { count: number; reason: string } | null {
    const failed = this.#onAxis
      .flatMap(({ scenario }) => alongAxis(this.state, scenario))
      .flatMap((scenario) => {
        const point = this.pointOf(scenario);
        return point !== null && !point.ok ? [point.message] : [];
      });
    return failed.length === 0 ? null : { count: failed.length, reason: failed[0]! };
  }

  /** The numbers of a scenario at your load; null until there are some. */
  reading(scenario: Scenario): Reading | null {
    const point = this.#exactly(scenario);
    if (point?.ok) return readingOf(point, this.measure, this.state.price);
    if (point !== null) return null;
    const path = loadPathOf(scenario);
    const curve: Placed[] = [];
    for (const at of alongAxis(this.state, scenario)) {
      const near = this.pointOf(at);
      if (!near?.ok) continue;
      const load = loadOfValue(path, loadValueOf(at));
      curve.push({ load, reading: readingOf(near, this.measure, this.state.price) });
    }
    curve.sort((a, b) => a.load - b.load);
    return readingBetween(curve, loadOfValue(path, loadValueOf(scenario)));
  }

  #exactly(scenario: Scenario): PointResult | null {
    return this.#session?.result({ scenario: fullOf(scenario), draws: 0 }) ?? null;
  }

  /** What became of the active scenario at your load. */
  get yours(): PointResult | null {
    return this.#exactly(activeEntry(this.state).scenario);
  }

  /** The run at your load as the command writes it; null until it is there. */
  get yourRunJson(): string | null {
    const point = this.yours;
    return point?.ok ? `${runJson(point.run)}\n` : null;
  }

  get unit() {
    return loadOf(this.state.entries[0]!.scenario).unit;
  }
}

/** The problem of a field, or the first one that its new value makes elsewhere. */
function messageAt(problems: readonly Problem[], path: string): string {
  const own = problems.find((problem) => problem.path.startsWith(path));
  if (own !== undefined) return own.message;
  const first = problems[0]!;
  return `${first.path} ${first.message}`;
}
