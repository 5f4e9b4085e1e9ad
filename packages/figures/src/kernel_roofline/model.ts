/**
 * Kernels on the roofline of a GPU: how much an operator computes for each byte that it moves, and
 * how fast that can be at most. Bytes, FLOP and launches are the operators' own records'; the
 * limits are the GPU's data sheet. Records of the kernel bench add measured times; a record timed
 * on a CPU stands for no GPU, so only its floor is shown.
 *
 * Law: floor = launches' latency + max(bytes / bandwidth, FLOP / peak, exps / rate), as the bench
 * computes it, so FLOP / floor ≤ min(peak, intensity · bandwidth).
 *
 * Example: 16.8 MB and 0.27 GFLOP are 16 FLOP a byte; at 4.8 TB/s the bytes take 3.5 µs and bind.
 */
import { type Dtypes, emptyWork, type Operator, operators, type Work } from '@beamline/kernels';
import { hardwareNames, hardwareOf, type Origin } from '@beamline/simulator';

/** Extents of a step that the operators' axes follow from. */
export interface RooflineSizes {
  requests: number;
  beams: number;
  draftLength: number;
  /** Past tokens of each request. */
  kvLength: number;
  queryHeads: number;
  kvHeads: number;
  headDim: number;
  tokensPerBlock: number;
  vocab: number;
  hidden: number;
  /** Width of the drafter's head. */
  exit: number;
  layers: number;
  candidates: number;
  /** Draft step that the drafter's operators are at, from 1. */
  step: number;
  draws: number;
}

/** An 8-billion-parameter model (Llama 3.1 8B's shape) at a batch of 8. */
export const defaultSizes: RooflineSizes = {
  requests: 8,
  beams: 4,
  draftLength: 4,
  kvLength: 4096,
  queryHeads: 32,
  kvHeads: 8,
  headDim: 128,
  tokensPerBlock: 64,
  vocab: 128256,
  hidden: 4096,
  exit: 8192,
  layers: 32,
  candidates: 4,
  step: 2,
  draws: 16,
};

/** What is read of a record of the kernel bench. */
export interface RooflineRecord {
  operator: string;
  case: string;
  variant: string;
  deviceTitle: string;
  status: string;
  work: Work;
  timing: {
    medianNs: number;
    noise: number;
    caches: 'cold' | 'warm';
    launch: 'plain' | 'graph';
  } | null;
  /** Whether the device's times stand for no GPU. */
  isFunctional: boolean;
}

/** Rates that a device reached with kernels that do nothing else, in place of a data sheet's. */
export interface MeasuredCeilings {
  device: string;
  bytesPerSecond: number;
  /** In fp32. */
  flopPerSecond: number;
  launchNs: number;
}

export interface KernelRooflineInput {
  /** A name of fixtures/hardware. */
  gpu: string;
  /** The roof, where the device that was timed has one of its own. */
  ceilings?: MeasuredCeilings;
  sizes?: Partial<RooflineSizes>;
  records?: readonly RooflineRecord[];
}

export type RooflineBound = 'memory' | 'compute' | 'exp' | 'launch';

export interface RooflinePoint {
  key: string;
  operator: string;
  /** The bench's case and variant; null for the suite's operators at `sizes`. */
  case: string | null;
  variant: string | null;
  work: Work;
  /** FLOP per byte; 0 for an operator that only moves. */
  intensity: number;
  floorNs: number;
  bound: RooflineBound;
  /** Null where no GPU was timed. */
  measured: {
    ns: number;
    /** Half the width of the median's 95 % interval, as a share of it. */
    noise: number;
    caches: 'cold' | 'warm';
    device: string;
    /** Floor over time: 1 is the limit. */
    share: number;
  } | null;
  /** A device whose time was left out because it stands for no GPU. */
  functionalDevice: string | null;
}

export interface KernelRoofline {
  input: KernelRooflineInput;
  gpu: string;
  peaks: {
    bytesPerSecond: number;
    flopPerSecond: number;
    expPerSecond: number;
    launchNs: number;
  };
  peaksOrigin: Origin;
  sizes: RooflineSizes;
  points: RooflinePoint[];
  /** GPUs that records were timed on. */
  devices: string[];
  /** Records that are not drawn: failed ones, repeats of a case without a time. */
  leftOut: number;
  /** GPUs that can be asked for, for a control. */
  gpus: { id: string; name: string }[];
}

const DTYPES: Dtypes = { float: 'bf16', kv: 'bf16' };
/** Most floors without a time; what is timed is always drawn. */
const MAX_FLOORS = 40;

/** Throws the simulator's input error for an unknown GPU. */
export function kernelRoofline(given: Partial<KernelRooflineInput> = {}): KernelRoofline {
  const gpu = gpuOfRecords(given.records ?? []) ?? 'h100-sxm';
  const input: KernelRooflineInput = { gpu, ...given };
  const { name, peaks, origin } = roofOf(input);
  const sizes = { ...defaultSizes, ...input.sizes };
  const records = input.records ?? [];
  const drawn = records.length > 0 ? recordPoints(records, peaks) : suitePoints(sizes, peaks);
  return {
    input,
    gpu: name,
    peaks,
    peaksOrigin: origin,
    sizes,
    points: drawn,
    devices: [...new Set(drawn.flatMap(({ measured }) => (measured ? [measured.device] : [])))],
    leftOut: records.length === 0 ? 0 : records.length - drawn.length,
    gpus: hardwareNames.map((id) => ({ id, name: hardwareOf(id).name })),
  };
}

function roofOf({ gpu, ceilings }: KernelRooflineInput) {
  if (ceilings !== undefined) {
    const { device: name, ...rates } = ceilings;
    // Exponentials have no ceiling of their own there: they bind nothing.
    const peaks = { ...rates, expPerSecond: Number.POSITIVE_INFINITY };
    const source = 'copy and fp32 multiply-adds';
    return { name, peaks, origin: { kind: 'measured', source } satisfies Origin };
  }
  const hardware = hardwareOf(gpu);
  const peaks = {
    bytesPerSecond: hardware.memoryBytesPerSecond,
    flopPerSecond: hardware.bf16FlopPerSecond,
    expPerSecond: hardware.expPerSecond,
    launchNs: hardware.kernelNs,
  };
  return { name: hardware.name, peaks, origin: hardware.origins['memoryBytesPerSecond']! };
}

/** The catalogue's name of the GPU that records were timed on; null where there is none. */
export function gpuOfRecords(records: readonly RooflineRecord[]): string | null {
  const title = records.find((one) => !one.isFunctional && one.timing !== null)?.deviceTitle;
  if (title === undefined) return null;
  const has = (text: string) => title.toLowerCase().includes(text);
  const family = hardwareNames.filter((id) => has(id.split('-').slice(0, -1).join(' ') || id));
  const byForm = family.find((id) => id.includes('-') && has(id.split('-').at(-1)!));
  const longest = [...family].sort((a, b) => b.length - a.length);
  return byForm ?? family.find((id) => id.endsWith('-sxm')) ?? longest[0] ?? null;
}

/** The axes of an operator in a step of these sizes; each tree has all its W·dl + 1 rows. */
export function axesOf(operator: Operator, sizes: RooflineSizes): Record<string, number> {
  const { requests, beams, draftLength } = sizes;
  const tree = beams * draftLength + 1;
  const known: Record<string, number> = {
    ...sizes,
    rows: requests * beams,
    treeTokens: requests * tree,
    maxTreeTokens: tree,
    kvTokens: requests * Math.max(sizes.kvLength, tree),
    movedTokens: requests * draftLength,
    copiedRows: requests * tree,
    kept: Math.ceil((requests * tree) / 2),
  };
  return Object.fromEntries(operator.axes.map(({ name }) => [name, known[name] ?? 0]));
}

type Peaks = KernelRoofline['peaks'];

function suitePoints(sizes: RooflineSizes, peaks: Peaks): RooflinePoint[] {
  return operators.map((operator) => {
    const work = operator.cost(axesOf(operator, sizes), DTYPES, emptyWork());
    return { key: `operator:${operator.name}`, ...bare(operator.name, work, peaks) };
  });
}

function bare(operator: string, work: Work, peaks: Peaks): Omit<RooflinePoint, 'key'> {
  return {
    operator,
    case: null,
    variant: null,
    work,
    intensity: work.bytes > 0 ? work.flop / work.bytes : 0,
    ...floorOf(work, peaks),
    measured: null,
    functionalDevice: null,
  };
}

function floorOf(work: Work, peaks: Peaks): { floorNs: number; bound: RooflineBound } {
  const times: [RooflineBound, number][] = [
    ['memory', (work.bytes / peaks.bytesPerSecond) * 1e9],
    ['compute', (work.flop / peaks.flopPerSecond) * 1e9],
    ['exp', (work.exps / peaks.expPerSecond) * 1e9],
  ];
  const launchNs = work.launches > 0 ? peaks.launchNs : 0;
  let [bound, most] = times[0]!;
  for (const [name, ns] of times) if (ns > most) [bound, most] = [name, ns];
  return { floorNs: launchNs + most, bound: most < launchNs ? 'launch' : bound };
}

function recordPoints(records: readonly RooflineRecord[], peaks: Peaks): RooflinePoint[] {
  const right = records.filter(({ status, work }) => status === 'passed' && work.bytes > 0);
  const timed = right.filter(({ timing, isFunctional }) => timing !== null && !isFunctional);
  const cases = new Set(timed.map((one) => one.case));
  const floors = right.filter((one) => {
    const isNew = !cases.has(one.case);
    cases.add(one.case);
    return isNew;
  });
  floors.sort((a, b) => b.work.bytes - a.work.bytes);
  return [...timed, ...floors.slice(0, MAX_FLOORS)].map((record, i) => {
    const point = bare(record.operator, record.work, peaks);
    const { timing, isFunctional, deviceTitle } = record;
    const isMeasured = timing !== null && !isFunctional;
    return {
      ...point,
      key: `record:${i}`,
      case: record.case,
      variant: record.variant,
      measured: isMeasured
        ? {
            ns: timing.medianNs,
            noise: timing.noise,
            caches: timing.caches,
            device: deviceTitle,
            share: point.floorNs / timing.medianNs,
          }
        : null,
      functionalDevice: timing !== null && isFunctional ? deviceTitle : null,
    };
  });
}
