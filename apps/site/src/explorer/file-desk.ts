import { loadText, numberText } from '@beamline/figures';
import { runJson, type Scenario } from '@beamline/simulator';
import type { ExplorerApp } from './app.ts';
import { bytesText, kindOfFile } from './files.ts';
import type { WorkerPool } from './pool.ts';
import type { JobResult, OpenedFile, TraceSummary } from './protocol.ts';
import { addEntry, MAX_ENTRIES } from './state.ts';

/**
 * Takes the files that a reader drops or chooses: a trace to be replayed, a scenario, a run of the
 * command, which is computed again and compared byte for byte. Law: no file is read whole before
 * its size is known to be small; whatever it is, the page says what it was taken for.
 */

/** A scenario or a result; a trace may have any size. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;
/** Requests of a trace that is longer than its summary. */
const TRACE_REQUESTS = 2000;

export class FileDesk {
  readonly #app: ExplorerApp;
  #files: Record<string, File> = {};
  pool: WorkerPool | null = null;
  #begin = (): void => undefined;
  readonly #begun = new Promise<void>((go) => {
    this.#begin = go;
  });

  constructor(app: ExplorerApp) {
    this.#app = app;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#files, name);
  }

  /** The workers are there, or will never be; files that came earlier are taken now. */
  begin(pool: WorkerPool | null): void {
    this.pool = pool;
    this.#begin();
  }

  listen(): void {
    let depth = 0;
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const show = (isDropping: boolean) => {
      this.#app.isDropping = isDropping;
      this.#app.requestUpdate();
    };
    window.addEventListener('dragenter', (event) => {
      if (hasFile(event) && depth++ === 0) show(true);
    });
    window.addEventListener('dragleave', (event) => {
      if (hasFile(event) && --depth <= 0) show(false);
    });
    window.addEventListener('dragover', (event) => {
      if (hasFile(event)) event.preventDefault();
    });
    window.addEventListener('drop', (event) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      depth = 0;
      show(false);
      const item = event.dataTransfer!.items[0];
      const isFolder = item?.webkitGetAsEntry?.()?.isDirectory === true;
      const file = event.dataTransfer!.files[0];
      if (isFolder) this.#app.say(this.#app.words.trace.folder, true);
      else if (file !== undefined) void this.take(file);
    });
  }

  onChosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file !== undefined) void this.take(file);
    input.value = ''; // The same file may be chosen again.
  };

  async take(file: File): Promise<void> {
    const { words } = this.#app;
    await this.#begun;
    if (this.pool === null) return this.#app.say(this.#app.obstacle, true);
    try {
      const kind = await kindOfFile(file);
      if (kind === 'wrong') this.#app.say(words.trace.wrongType(file.name), true);
      else if (kind === 'trace') await this.#takeTrace(file);
      else if (file.size > MAX_TEXT_BYTES) {
        const sizes = [bytesText(file.size), bytesText(MAX_TEXT_BYTES)] as const;
        this.#app.say(words.tooLarge(file.name, ...sizes), true);
      } else await this.#takeText(file);
    } catch (error) {
      this.#app.say(this.#app.told((error as Error).message, 'file'), true);
    }
  }

  async #takeTrace(file: File): Promise<void> {
    const { explorer, words } = this.#app;
    const before = this.#files;
    this.#files = { ...before, [file.name]: file };
    this.pool!.setFiles(this.#files);
    let trace: TraceSummary;
    try {
      trace = (await this.#ask({ kind: 'trace', name: file.name }, 'trace')).trace;
    } catch (error) {
      this.#files = before;
      this.pool!.setFiles(before);
      throw error;
    }
    explorer.forget();
    const isDone = explorer.edit(
      [
        ['workload.kind', 'trace'],
        ['workload.trace', file.name],
        ['workload.timeScale', 1],
        ['workload.requests', trace.isWhole ? null : TRACE_REQUESTS],
      ],
      file.name,
    );
    if (!isDone) {
      const message = explorer.draftOf('workload.kind')?.message ?? '';
      explorer.drafts.clear();
      return this.#app.say(this.#app.told(message), true);
    }
    this.#app.say(this.#traceText(trace));
    for (const warning of trace.warnings) this.#app.say(this.#app.told(warning, 'warning'));
    if (!trace.isWhole) this.#app.say(words.trace.long(numberText(TRACE_REQUESTS, 6)));
  }

  #traceText({ name, bytes, requests, isWhole, spanSeconds }: TraceSummary): string {
    const { words, language } = this.#app;
    const count = `${isWhole ? '' : `${words.trace.first} `}${numberText(requests, 6)}`;
    const rate = spanSeconds > 0 ? requests / spanSeconds : 0;
    const mean = loadText(Number(rate.toPrecision(3)), 'requests/s', language);
    return words.trace.read(name, bytesText(bytes), count, mean);
  }

  async #takeText(file: File): Promise<void> {
    const { words, explorer } = this.#app;
    const job = { kind: 'open', name: file.name, text: await file.text() } as const;
    const { opened } = await this.#ask(job, 'open');
    if (explorer.state.entries.length >= MAX_ENTRIES) {
      return this.#app.say(words.opened.full, true);
    }
    const name = file.name.replace(/\.[^.]*$/, '');
    explorer.commit(addEntry(explorer.state, opened.scenarios[0]!, name));
    if (opened.runs.length === 0) return this.#app.say(words.opened.scenario(file.name));
    this.#app.say(words.opened.comparing(file.name));
    await this.#compare(file.name, opened);
  }

  /** Computes every run of a file again; same scenario, same bytes. */
  async #compare(name: string, { scenarios, runs }: OpenedFile): Promise<void> {
    const { words } = this.#app;
    let differing = 0;
    const jobs = scenarios.map(async (scenario, i) => {
      const json = await this.#runJson(scenario);
      if (json !== runs[i]) differing++;
    });
    await Promise.all(jobs);
    this.#app.notices = this.#app.notices.filter(
      ({ text }) => text !== words.opened.comparing(name),
    );
    const count = runs.length;
    if (differing === 0) this.#app.say(words.opened.same(name, count));
    else this.#app.say(words.opened.differs(name, differing, count), true);
  }

  async #runJson(scenario: Scenario): Promise<string | null> {
    const { point } = await this.#ask({ kind: 'runs', scenarios: [scenario], draws: 0 }, 'runs');
    return point.ok ? runJson(point.run) : null;
  }

  #ask<K extends JobResult['kind']>(
    job: Parameters<WorkerPool['ask']>[0],
    kind: K,
  ): Promise<Extract<JobResult, { kind: K }>> {
    return new Promise((resolve, reject) => {
      this.pool!.ask(job, 0, {
        onResult: (result) => {
          if (result.kind === kind) resolve(result as Extract<JobResult, { kind: K }>);
        },
        onFailed: (_code, message) => reject(new Error(message)),
      });
    });
  }
}
