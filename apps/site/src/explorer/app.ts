import { type LoadSpeedup, loadOf } from '@beamline/figures';
import type { CostPareto } from '@beamline/figures/cost_pareto/model';
import { type Language, languageOf } from '@beamline/figures/frame';
import type { LatencySlo } from '@beamline/figures/latency_slo/model';
import { type ShapeHeatmap, shapeHeatmap } from '@beamline/figures/shape_heatmap/model';
import { BeamlineError, type Problem, type SizeResult, textAt } from '@beamline/simulator';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { isPrice, isUsual } from './address.ts';
import { nextTask, parts, whenIdle } from './at-start.ts';
import { type Catalogue, emptyCatalogue } from './catalogue.ts';
import { Explorer } from './controller.ts';
import { FileDesk } from './file-desk.ts';
import { groupOrder } from './form-fields.ts';
import { axisOf } from './load-axis.ts';
import type { LoadMove } from './load-curve.ts';
import { type Messages, messages } from './messages.ts';
import { addressPort, catalogueOf, firstPictureOf, saveText } from './page-ports.ts';
import { atMost, fullOf, heatBeams, heatLengths, SIZE_REQUESTS, withShape } from './plan.ts';
import type { WorkerPool } from './pool.ts';
import { withPrices } from './prices.ts';
import { problemText } from './problem-text.ts';
import { type Answer, Questions } from './questions.ts';
import { SpellingDialog, type SpellingKind } from './spelling-dialog.ts';
import { startPool } from './start.ts';
import { activeEntry, axisPath } from './state.ts';
import { formView } from './view-form.ts';
import { dropView, embedView, entriesView, noticesView, toolbarView } from './view-head.ts';
import { resultsView } from './view-results.ts';

/**
 * `<bl-explorer>`: the page's shell around the controller. It lives in the light DOM, so that the
 * site's own styles, labels and find-in-page reach it. What was there before, without script,
 * stays until the first draw.
 */

export interface Notice {
  text: string;
  isBad: boolean;
}

interface Sizing {
  progress: Answer['progress'];
  problem: string;
  result: SizeResult | null;
}

const wide = matchMedia('(min-width: 62rem)');
/** A load that has not moved for so long has been let go. */
const SETTLE_MS = 350;
/** Results come in bursts; one draw holds all that came meanwhile. */
const DRAW_MS = { quick: 100, later: 300 } as const;
/** From here on every group of the form has its first fields. */
const FORM_PART = parts.firstGroup + groupOrder.length;
/** The workers begin when the page is idle, at the latest after this long. */
const START_MS = 300;

export class ExplorerApp extends LitElement {
  readonly language: Language = languageOf(document.documentElement.lang);
  readonly words: Messages = messages[this.language];
  readonly explorer = new Explorer(addressPort(), this.language, () => this.requestUpdate());
  catalogue: Catalogue = emptyCatalogue;
  /** Why nothing can be simulated here; empty when it can. */
  obstacle = '';
  isReady = false;
  isRenaming = false;
  notices: Notice[] = [];
  /** Fields in which the user writes a value of their own, by `entry id:path`. */
  readonly ownFields = new Set<string>();
  readonly files = new FileDesk(this);
  #pool: WorkerPool | null = null;
  #questions: Questions | null = null;
  #settleTimer = 0;
  #typing: EventTarget | null = null;
  #isDrawAsked = false;
  readonly #spelling = new SpellingDialog(this);
  isDropping = false;
  /** The default scenario's curve, drawn when the page was built. */
  #first: Element | null = null;
  /** How much of the page is drawn; see `at-start.ts`. */
  drawn: number = parts.shell;
  /** Changes with everything but results: what does not show any is then left as it is. */
  formVersion = 0;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.catalogue = catalogueOf(this);
    this.explorer.gpus = this.catalogue.gpus.map(({ id }) => id);
    this.#first = firstPictureOf(this);
    this.replaceChildren();
    window.addEventListener('popstate', this.#onPopState);
    document.addEventListener('keydown', this.#onKey);
    this.addEventListener('bx-load', this.#onLoad as EventListener);
    this.addEventListener('input', ({ target }) => {
      this.#typing = target;
    });
    this.addEventListener('change', () => {
      this.#typing = null;
    });
    document.documentElement.toggleAttribute('data-embed', this.explorer.state.isEmbedded);
    if (!this.explorer.state.isEmbedded) this.files.listen();
    wide.addEventListener('change', this.#onWide);
    void this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('popstate', this.#onPopState);
    document.removeEventListener('keydown', this.#onKey);
    wide.removeEventListener('change', this.#onWide);
    this.#pool?.close();
  }

  #onWide = (): void => this.requestUpdate();

  override requestUpdate(...of: Parameters<LitElement['requestUpdate']>): void {
    this.formVersion++;
    super.requestUpdate(...of);
  }

  async #start(): Promise<void> {
    await this.#drawUntil(FORM_PART);
    await whenIdle(START_MS);
    const started = startPool(this.words);
    await this.#drawUntil(FORM_PART + groupOrder.length);
    const { pool, obstacle } = await started;
    this.obstacle = obstacle;
    this.files.begin(pool);
    if (pool !== null) {
      this.#pool = pool;
      this.#questions = new Questions(pool, () => this.requestUpdate());
      this.isReady = true;
      this.explorer.start(pool, this.#soon);
    }
    this.requestUpdate();
  }

  async #drawUntil(last: number): Promise<void> {
    while (this.drawn < last) {
      await this.updateComplete;
      await nextTask();
      this.drawn++;
      super.requestUpdate();
    }
  }

  #soon = (): void => {
    if (this.#isDrawAsked) return;
    this.#isDrawAsked = true;
    const isFirst = this.explorer.progress?.stage === 'quick';
    setTimeout(
      () => {
        this.#isDrawAsked = false;
        super.requestUpdate();
      },
      DRAW_MS[isFirst ? 'quick' : 'later'],
    );
  };

  #onPopState = (): void => this.explorer.readAddress();

  #onKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    // In a field that is being written in, the browser's own undo is meant.
    if (this.#typing !== null && this.#typing === document.activeElement) return;
    const isRedo = key === 'y' || (key === 'z' && event.shiftKey);
    if (!isRedo && key !== 'z') return;
    event.preventDefault();
    if (isRedo) this.explorer.redo();
    else this.explorer.undo();
  };

  #onLoad = (event: CustomEvent<LoadMove>): void => {
    const { load } = event.detail;
    if (Math.abs(load / this.explorer.load - 1) < 0.003) return;
    this.explorer.moveLoad(load);
    clearTimeout(this.#settleTimer);
    this.#settleTimer = window.setTimeout(() => this.explorer.settle(), SETTLE_MS);
  };

  say(text: string, isBad = false): void {
    this.notices = [...this.notices.slice(-4), { text, isBad }];
    this.requestUpdate();
  }

  dismiss(index: number): void {
    this.notices = this.notices.filter((_, i) => i !== index);
    this.requestUpdate();
  }

  /** What the simulator says is wrong, in the reader's words and its own. */
  told(message: string, path = ''): string {
    return problemText(message, this.language, path);
  }

  /** What the references of the active scenario have wrong, by the workers' own check. */
  problemOf(path: string): string {
    const problems = this.#checked();
    return problems.find((problem) => problem.path === path)?.message ?? '';
  }

  #checked(): readonly Problem[] {
    const result = this.#questions?.answer('check');
    return result?.isCurrent && result.result?.kind === 'check' ? result.result.problems : [];
  }

  get yourUnit() {
    return loadOf(activeEntry(this.explorer.state).scenario).unit;
  }

  get loadModel(): LoadSpeedup | null {
    return this.firstPicture === null ? this.explorer.loadModel() : null;
  }

  /** The picture that the page came with, while it is right and there is no better one. */
  get firstPicture(): Element | null {
    const { explorer } = this;
    const isWhole = explorer.progress?.stage !== 'quick' && explorer.loadModel() !== null;
    if (isWhole || !isUsual(explorer.state)) this.#first = null;
    return this.#first;
  }

  bandAtLoad(): { low: number; high: number } | null {
    return this.explorer.bandAtLoad(this.explorer.loadModel());
  }

  get shapeModel(): ShapeHeatmap | null {
    const { explorer } = this;
    const { scenario } = activeEntry(explorer.state);
    const { beams, draftLength, schedule } = scenario.speculation;
    const current = schedule === 'fixed' ? { beams, draftLength } : null;
    const input = {
      beams: heatBeams,
      draftLengths: heatLengths,
      current,
      measure: explorer.measure,
    };
    const model = shapeHeatmap(input, (width, length) => {
      const shape = withShape(scenario, width, length);
      if (shape === null) return { reason: '–' };
      const point = explorer.pointOf(shape);
      if (point === null) return null;
      return point.ok ? { run: point.run } : { reason: this.told(point.message) };
    });
    return model.requests === 0 ? null : model;
  }

  get latency(): { model: LatencySlo | null; problem: string } {
    const answer = this.#questions?.answer('latency');
    const model = answer?.result?.kind === 'latency' ? answer.result.latency : null;
    return { model, problem: this.told(answer?.problem ?? '') };
  }

  get cost(): { model: CostPareto | null; problem: string } {
    const answer = this.#questions?.answer('cost');
    const model = answer?.result?.kind === 'cost' ? answer.result.cost : null;
    const problem = this.told(answer?.problem ?? '');
    if (model === null) return { model, problem };
    const infeasible = this.explorer.fleets.flatMap(({ scenario, point }) =>
      point === null || point.ok
        ? []
        : [{ label: textAt(scenario, 'hardware.gpu'), reason: this.told(point.message) }],
    );
    return { model: withPrices({ ...model, infeasible }, this.explorer.state.price), problem };
  }

  get isSizing(): boolean {
    return this.#questions?.isBusy('size') === true;
  }

  get sizing(): Sizing {
    const answer = this.#questions?.answer('size') ?? null;
    return {
      progress: answer?.progress ?? null,
      problem: answer?.problem ?? '',
      result: answer?.result?.kind === 'size' ? answer.result.size : null,
    };
  }

  findSize(): void {
    const { state } = this.explorer;
    const scenario = atMost(activeEntry(state).scenario, SIZE_REQUESTS);
    if (scenario.slo === null) return;
    const job = { kind: 'size', scenario, slo: scenario.slo, question: state.size } as const;
    this.#questions?.stop('size');
    this.#questions?.ask(job, JSON.stringify(job), 0);
    this.requestUpdate();
  }

  stopSizing(): void {
    this.#questions?.stop('size');
    this.requestUpdate();
  }

  setAxis(text: string): void {
    const { explorer } = this;
    const key = explorer.draftKey('over');
    try {
      axisOf(axisPath(explorer.state), text.trim());
      explorer.drafts.delete(key);
      explorer.commit({ ...explorer.state, over: text.trim() });
    } catch (error) {
      if (!(error instanceof BeamlineError)) throw error;
      const message = this.told(error.message.replace(/^--over [^:]*: /, ''), 'over');
      explorer.drafts.set(key, { text, message });
      this.requestUpdate();
    }
  }

  setPrice(low: string, high: string): void {
    const { explorer } = this;
    const key = explorer.draftKey('price');
    const [from, to] = [Number(low), Number(high)];
    explorer.drafts.delete(key);
    if (low.trim() === '' && high.trim() === '') {
      explorer.commit({ ...explorer.state, price: null });
    } else if (isPrice(from, to)) {
      explorer.commit({ ...explorer.state, price: { low: from, high: to } });
    } else {
      explorer.drafts.set(key, { text: `${low}:${high}`, message: this.words.priceWrong });
      this.requestUpdate();
    }
  }

  /** Shows the scenario in another spelling. */
  spell(kind: SpellingKind): Promise<void> {
    return this.#spelling.open(kind);
  }

  chooseFile(): void {
    this.querySelector<HTMLInputElement>('input.bx-file')?.click();
  }

  saveRun(): void {
    const json = this.explorer.yourRunJson;
    if (json !== null) saveText('run.json', json);
  }

  protected override updated(): void {
    this.#loadFigure();
    this.#askForView();
  }

  /** Pictures beside the first come when their view is opened. */
  #loadFigure(): void {
    const { view } = this.explorer.state;
    if (view === 'shape') void import('@beamline/figures/shape_heatmap');
    if (view === 'latency') void import('@beamline/figures/latency_slo');
    if (view === 'cost') void import('@beamline/figures/cost_pareto');
  }

  /** What the present view needs beside runs; equal questions are asked once. */
  #askForView(): void {
    const questions = this.#questions;
    const { explorer } = this;
    if (questions === null || explorer.isMoving) return;
    const { scenario } = activeEntry(explorer.state);
    questions.ask({ kind: 'check', scenario }, JSON.stringify(scenario), 0);
    const { view } = explorer.state;
    if (view === 'latency') {
      const full = fullOf(scenario);
      questions.ask({ kind: 'latency', scenario: full }, JSON.stringify(full), 1);
    }
    if (view === 'cost') this.#askForCost(questions);
  }

  #askForCost(questions: Questions): void {
    const runs = this.explorer.fleets.flatMap(({ point }) => (point?.ok ? [point.run] : []));
    if (runs.length === 0) return;
    const key = JSON.stringify(runs.map((run) => run.scenario));
    questions.ask({ kind: 'cost', runs }, key, 1);
  }

  protected override render(): TemplateResult {
    const { words, explorer } = this;
    if (explorer.state.isEmbedded) return embedView(this);
    return html`<div class="bx ${this.isDropping ? 'is-dropping' : ''}" data-drop=${words.dropNow}>
      ${toolbarView(this)} ${noticesView(this)} ${entriesView(this)}
      <div class="bx-columns">
        <details class="bx-settings" ?open=${this.isWide}>
          <summary>${words.settings}</summary>${formView(this)}
          ${this.isFormDrawn ? dropView(this) : nothing}
        </details>
        ${this.drawn >= parts.results ? resultsView(this) : nothing}
      </div>
      <input class="bx-file" type="file" hidden aria-label=${words.open}
        accept=".csv,.jsonl,.ndjson,.json,.yaml,.yml" @change=${this.files.onChosen}>
      ${this.#spelling.view()}
    </div>`;
  }

  get isFormDrawn(): boolean {
    return this.drawn >= FORM_PART;
  }

  /** Settings stand open beside the picture, closed above it on a narrow page. */
  get isWide(): boolean {
    return wide.matches;
  }
}
