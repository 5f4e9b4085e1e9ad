/**
 * Runs the suite on the visitor's GPU, or by the reference, and tells of every result. It is the
 * bench's own code: the same cases, oracles, poison and probes as the command, in the same order of
 * variants. Law: a case that fails, throws or loses the device ends itself, not the run; a stop
 * takes effect before the next case.
 */
import {
  CaseShelf,
  type Ceilings,
  type Device,
  floorOf,
  idsOf,
  isFailed,
  type KernelRecord,
  measureCeilings,
  peaksOfCeilings,
  perfCase,
  referenceDevice,
  runVerifyTask,
  summariseRecords,
  verifyRecord,
  WebGpuRunner,
  webGpuDevice,
} from '@beamline/bench/webgpu';
import { type OperatorSuite, suites } from '@beamline/kernels/suites';
import { openGpu } from './open-gpu.ts';
import { LabProblem } from './problem.ts';
import type {
  AdapterChoice,
  LabReply,
  LabRequest,
  Obstacle,
  TimedRow,
  TimeRequest,
  VerifyRequest,
} from './protocol.ts';
import { SteadyClock } from './steady.ts';
import { timedCase, timedVariants } from './timed-cases.ts';

/** Milliseconds of reference work after which others get a turn. */
const TURN_MS = 40;

interface Opened {
  choice: AdapterChoice;
  runner: WebGpuRunner;
}

export class LabEngine {
  readonly #tell: (reply: LabReply) => void;
  #opened: Opened | null = null;
  #isStopped = false;
  #turnEnds = 0;
  /** Verified on the GPU, by operator and variant: how many cases passed, none having failed. */
  #right = new Map<string, KernelRecord[]>();

  constructor(tell: (reply: LabReply) => void) {
    this.#tell = tell;
  }

  async hear(request: LabRequest): Promise<void> {
    if (request.kind === 'stop') {
      this.#isStopped = true;
      return;
    }
    this.#isStopped = false;
    try {
      if (request.kind === 'verify') await this.#verify(request);
      else await this.#time(request);
      this.#tell({ kind: 'done', wasStopped: this.#isStopped });
    } catch (error) {
      const { message } = error as Error;
      const obstacle = obstacleOf(error);
      this.#opened = null;
      this.#tell({ kind: 'failed', obstacle, message });
    }
  }

  async #gpu(choice: AdapterChoice): Promise<WebGpuRunner> {
    if (this.#opened?.choice !== choice) {
      this.#opened?.runner.close();
      this.#opened = null;
      this.#right.clear();
      this.#opened = { choice, runner: await WebGpuRunner.create(() => openGpu(choice)) };
    }
    const { runner } = this.#opened;
    const { title, isSoftware, device } = runner.opened;
    const takesTimes = device.features.has('timestamp-query');
    this.#tell({ kind: 'opened', title, isSoftware, takesTimes });
    return runner;
  }

  /** Lets messages in between cases; true when the run was stopped. */
  async #isOver(): Promise<boolean> {
    if (performance.now() > this.#turnEnds) {
      await new Promise((done) => setTimeout(done, 0));
      this.#turnEnds = performance.now() + TURN_MS;
    }
    return this.#isStopped;
  }

  async #verify({ device: name, adapter, operators, environment }: VerifyRequest): Promise<void> {
    const device =
      name === 'reference' ? referenceDevice('twin') : webGpuDevice(await this.#gpu(adapter));
    const shelf = new CaseShelf();
    for (const suite of suitesOf(operators)) {
      const operator = suite.operator.name;
      const ids = idsOf(suite);
      const variants = variantsOf(device, operator);
      this.#tell({ kind: 'operator', operator, total: ids.length * variants.length });
      shelf.load(suite);
      for (const variant of variants) {
        const records: KernelRecord[] = [];
        for (const id of ids) {
          if (await this.#isOver()) return;
          this.#tell({ kind: 'begin', operator, id, variant });
          const record = await verifiedCase(device, suite, id, variant, environment, shelf);
          records.push(record);
          this.#tell({ kind: 'record', record });
        }
        if (name === 'webgpu') this.#right.set(`${operator}/${variant}`, records);
      }
    }
  }

  async #time({ adapter, operators, size, environment }: TimeRequest): Promise<void> {
    const runner = await this.#gpu(adapter);
    const { device: gpu, isSoftware, title } = runner.opened;
    if (!gpu.features.has('timestamp-query')) throw new LabProblem('no-clock');
    const ceilings = await measureCeilings(gpu, isSoftware);
    this.#tell({ kind: 'ceilings', ceilings });
    const plain = webGpuDevice(runner);
    const hasHalf = gpu.features.has('shader-f16');
    const rows: TimedRow[] = [];
    for (const suite of suitesOf(operators)) {
      const operator = suite.operator.name;
      if (plain.variants(operator).length === 0) continue;
      const variants = timedVariants(plain, operator);
      this.#tell({ kind: 'operator', operator, total: variants.length });
      if (await this.#isOver()) return;
      const call = timedCase(suite, size, hasHalf);
      for (const variant of variants) {
        if (await this.#isOver()) return;
        this.#tell({ kind: 'begin', operator, id: call.id, variant });
        const clock = new SteadyClock();
        const options = {
          peaks: null,
          environment,
          modes: [{ caches: 'warm', launch: 'plain' }] as const,
        };
        const device = clock.device(plain);
        const given = this.#listed(operator, variant);
        const timed = await orCrash(device, suite, call, variant, environment, async () =>
          perfCase(device, suite, call, variant, options, given),
        );
        for (const record of timed) {
          const row = rowOf(clock.stated(record), title, ceilings);
          rows.push(row);
          this.#tell({ kind: 'timed', row });
        }
      }
    }
    const { labRoofline } = await import('./roofline.ts');
    const model = labRoofline(title, ceilings, rows);
    if (model !== null) this.#tell({ kind: 'roofline', model });
  }

  /** What verifying already showed, in place of another run over all listed cases. */
  #listed(operator: string, variant: string) {
    const records = this.#right.get(`${operator}/${variant}`);
    if (records === undefined) return null;
    const bad = records.find(({ status }) => isFailed(status));
    if (bad !== undefined) {
      return {
        status: bad.status,
        message: `${bad.case}: ${bad.message}`,
        checks: [],
        error: null,
      };
    }
    const { passed } = summariseRecords(records);
    const checks = [`${passed} listed cases and probes`];
    return { status: 'passed' as const, message: '', checks, error: null };
  }
}

/** A page is out of memory with a RangeError of the array that found no room. */
function obstacleOf(error: unknown): Obstacle {
  if (error instanceof LabProblem) return error.obstacle;
  return error instanceof RangeError ? 'no-memory' : 'error';
}

function suitesOf(names: readonly string[]): OperatorSuite[] {
  return suites.filter(({ operator }) => names.includes(operator.name));
}

/** As the command runs them: each by its name, then what the device chooses by itself. */
function variantsOf(device: Device, operator: string): string[] {
  const names = device.variants(operator);
  return names.length > 1 ? [...names, ''] : [...names];
}

/** A case that throws is a crash in the record; what the page itself lacks is thrown on. */
async function orCrash(
  device: Device,
  suite: OperatorSuite,
  call: Parameters<typeof verifyRecord>[2],
  variant: string,
  environment: KernelRecord['environment'],
  work: () => Promise<KernelRecord[]>,
): Promise<KernelRecord[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LabProblem) throw error;
    const { message } = error as Error;
    const finding = { status: 'crash' as const, message, checks: [], error: null };
    return [verifyRecord(device, suite, call, variant, finding, environment)];
  }
}

async function verifiedCase(
  device: Device,
  suite: OperatorSuite,
  id: string,
  variant: string,
  environment: KernelRecord['environment'],
  shelf: CaseShelf,
): Promise<KernelRecord> {
  const { axes, dtypes } = shelf.case(id) ?? shelf.probe(id)!.cases[0]!;
  const call = { id, axes, dtypes };
  const [record] = await orCrash(device, suite, call, variant, environment, async () => {
    const found: KernelRecord[] = [];
    const task = {
      operator: suite.operator.name,
      variant,
      device: device.name,
      cases: { kind: 'listed' as const, ids: [id] },
    };
    await runVerifyTask(
      task,
      device,
      suite,
      environment,
      (event) => {
        if (event.kind === 'end') found.push(event.record);
      },
      shelf,
    );
    return found;
  });
  return record!;
}

/** A CPU's record keeps no floor: its time stands for no GPU. The page shows both all the same. */
function rowOf(record: KernelRecord, title: string, ceilings: Ceilings): TimedRow {
  if (record.timing === null) return { record, floor: null };
  const floor = floorOf(record.work, peaksOfCeilings(title, ceilings));
  const share = floor.ns / record.timing.medianNs;
  const shown = { ns: floor.ns, bound: floor.bound, share };
  if (record.isFunctional) return { record, floor: shown };
  return { record: { ...record, floor, share }, floor: shown };
}
