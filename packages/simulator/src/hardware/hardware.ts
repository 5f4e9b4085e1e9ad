/**
 * A GPU as the cost model reads it: plain numbers, each with its origin under the same path. Names
 * come from fixtures/hardware; an inline object states a `base` GPU and what differs from it.
 *
 * Example: `{ base: 'h100-sxm', memoryBytesPerSecond: 3.9e12 }` is an H100 with faster memory;
 * `{ base: 'h100-sxm', overheads: { perStepNs: 9e5 } }` one under a slower engine.
 */
import { type HardwareFixture, hardwareCatalogue } from '@beamline/fixtures';
import { didYouMean, inputError } from '../base/errors.ts';
import type { Origin } from '../run.ts';
import type { KvType, WeightType } from '../scenario/scenario.ts';

/** Time of a matrix product on this GPU, see cost/gemm.ts. */
export interface GemmCurve {
  /** Fixed time of one call, ns. */
  readonly overheadNs: number;
  /** Achieved share of the memory bandwidth, of the matrix peak. */
  readonly memoryShare: number;
  readonly computeShare: number;
  /** Elements of the inner extent that prologue and epilogue of a tile are worth. */
  readonly innerElements: number;
  /** Output tiles per multiprocessor from which the full bandwidth is reached. */
  readonly fillTiles: number;
  readonly peakFlopPerSecond: number;
  readonly weightBytes: number;
  readonly activationBytes: number;
  readonly origin: Origin;
}

/** Whether several query heads share one KV head: engines have separate kernels for the two. */
export type HeadSharing = 'plain' | 'grouped';

/** Time of generation attention with one kernel, see cost/attention.ts. */
export interface GenerationCurve {
  readonly overheadNs: number;
  /** Achieved share of the memory bandwidth on a long stream. */
  readonly memoryShare: number;
  /**
   * Most that a short stream loses to latency, ns, while there are at most so many blocks (one per
   * request and KV head) per multiprocessor; more blocks hide it by the square of their number.
   */
  readonly rampNs: number;
  readonly rampBlocks: number;
  /** Of one request and KV head, ns. */
  readonly requestHeadNs: number;
  /**
   * Least time of walking along one past, ns, and the tokens at which half of it is met; and what
   * the best split of the past over multiprocessors adds, ns per root of a token.
   */
  readonly walkNs: number;
  readonly walkTokens: number;
  readonly splitNs: number;
  readonly origin: Origin;
}

/** Time of context attention with one type of KV cache. */
export interface ContextCurve {
  readonly overheadNs: number;
  readonly memoryShare: number;
  /** Share of the bf16 peak: an fp8 kernel may pass 1 of it in theory. */
  readonly computeShare: number;
  /** Diagonal padding per token, in KV tokens. */
  readonly paddedRows: number;
  readonly origin: Origin;
}

export interface Link {
  readonly kind: string;
  readonly peers: number;
  readonly bytesPerSecond: number;
  /** Rate of a large all-reduce where the switch adds up; 0 where it does not. */
  readonly reduceBytesPerSecond: number;
  readonly latencyNs: number;
  readonly perPeerNs: number;
  readonly twoShotNs: number;
  /** The library's all-gather; null where nothing like it was timed. */
  readonly gather: GatherCurve | null;
  readonly origin: Origin;
}

export interface GatherCurve {
  readonly latencyNs: number;
  readonly perPeerNs: number;
  readonly bytesPerSecond: number;
  readonly rampNs: number;
  readonly origin: Origin;
}

export interface Hardware {
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly multiprocessors: number;
  readonly memoryBytes: number;
  readonly memoryBytesPerSecond: number;
  readonly bf16FlopPerSecond: number;
  readonly expPerSecond: number;
  readonly kernelNs: number;
  readonly streamShare: number;
  readonly streamOrigin: Origin;
  readonly gemm: Readonly<Record<WeightType, GemmCurve>>;
  readonly contextAttention: {
    /** Query rows of one tile: shorter chunks fill it up with nothing. */
    readonly tileRows: number;
    readonly curves: Readonly<Record<KvType, ContextCurve>>;
  };
  readonly generationAttention: {
    readonly computeShare: number;
    readonly curves: Readonly<Record<KvType, Readonly<Record<HeadSharing, GenerationCurve>>>>;
  };
  readonly link: Link;
  readonly pcie: Link;
  readonly power: {
    readonly tdpW: number;
    readonly idleW: number;
    readonly memoryW: number;
    readonly computeW: number;
  };
  /** Dollars per GPU and hour. */
  readonly price: { readonly low: number; readonly high: number; readonly typical: number };
  /** Engine overheads that an inline object states in place of the defaults, ns. */
  readonly overheads: Readonly<Partial<Record<OverheadName, number>>>;
  readonly overheadsOrigin: Origin | null;
  /** Relative spread (standard deviation of the logarithm) of parameters, where it is stated. */
  readonly spread: Readonly<Partial<Record<SpreadName, number>>>;
  /** Least and greatest of each axis that an operator's figures were fitted on, by its path. */
  readonly ranges: Readonly<Record<string, Readonly<Record<string, [number, number]>>>>;
  /** Origin of every figure by its path, for example `gemm.bf16.computeShare`. */
  readonly origins: Readonly<Record<string, Origin>>;
}

export const overheadNames = ['perStepNs', 'perLayerNs', 'perRequestNs', 'roundTripNs'] as const;
export type OverheadName = (typeof overheadNames)[number];
export const spreadNames = ['memory', 'compute', 'host', 'request'] as const;
export type SpreadName = (typeof spreadNames)[number];

/**
 * Figures that only an inline object has: what a deployment's own measurements say beside the
 * GPU's. `efficiency` multiplies every achieved share of the memory's or the matrix units' peak.
 */
const INLINE_FIGURES: readonly string[] = [
  ...overheadNames.map((name) => `overheads.${name}`),
  'efficiency.memory',
  'efficiency.compute',
  ...spreadNames.map((name) => `spread.${name}`),
];
/** Keys of an inline object that hold no figure. */
const INLINE_WORDS: readonly string[] = ['base', 'id', 'name', 'origin'];

/** Ids of fixtures/hardware. */
export const hardwareNames: readonly string[] = Object.keys(hardwareCatalogue);

interface Leaf {
  value: number;
  origin: Origin;
}

/** Every number of a fixture under its dotted path. */
function leavesOf(fixture: HardwareFixture): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (node: unknown, path: string): void => {
    if (typeof node === 'number') {
      leaves.set(path, { value: node, origin: { kind: 'assumed', source: 'specification' } });
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const { value, origin } = node as { value?: unknown; origin?: unknown };
    if (typeof value === 'number' && typeof origin === 'string') {
      const stated = fixture.origins[origin];
      if (stated === undefined)
        throw new Error(`${fixture.id}: ${path} names no origin "${origin}"`);
      leaves.set(path, { value, origin: stated });
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      if (path === '' && (key === 'origins' || key === 'fits')) continue;
      walk(child, path === '' ? key : `${path}.${key}`);
    }
  };
  walk(fixture, '');
  return leaves;
}

/**
 * Lays an inline object's numbers over the base's; unknown paths and bad numbers are the user's.
 */
function override(
  leaves: Map<string, Leaf>,
  node: Record<string, unknown>,
  path: string,
  origin: Origin,
): void {
  for (const [key, child] of Object.entries(node)) {
    if (path === '' && INLINE_WORDS.includes(key)) continue;
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof child === 'object' && child !== null && !('value' in child)) {
      override(leaves, child as Record<string, unknown>, here, origin);
      continue;
    }
    const value =
      typeof child === 'object' && child !== null ? (child as { value: unknown }).value : child;
    if (!leaves.has(here) && !INLINE_FIGURES.includes(here)) {
      const guess = didYouMean(here, [...leaves.keys(), ...INLINE_FIGURES]);
      throw inputError(`hardware.gpu has no figure "${here}".${guess}`);
    }
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
      throw inputError(
        `hardware.gpu.${here} is ${JSON.stringify(value)}; ` +
          'it must be a finite number of at least 0.',
      );
    }
    if (value === 0 && !/Ns$|innerElements|paddedRows|W$|price|^spread/.test(here)) {
      throw inputError(`hardware.gpu.${here} is 0; it must be above 0.`);
    }
    leaves.set(here, { value, origin });
  }
}

const STATED: Origin = { kind: 'assumed', source: 'stated in the scenario' };

/** The origin that an inline object gives its figures; without one, they are assumed. */
function statedOrigin(gpu: Record<string, unknown>): Origin {
  const origin = gpu['origin'];
  if (origin === undefined) return STATED;
  const { kind, source } = (origin ?? {}) as { kind?: unknown; source?: unknown };
  if ((kind === 'modelled' || kind === 'assumed') && typeof source === 'string') {
    return { kind, source };
  }
  throw inputError(
    'hardware.gpu.origin must be {kind, source}, with kind modelled or assumed and a text that ' +
      'says where the figures are from.',
  );
}

const WEIGHT_BYTES: Readonly<Record<WeightType, number>> = { bf16: 2, fp8: 1, int8: 1, int4: 0.5 };

class Reader {
  readonly leaves: Map<string, Leaf>;

  constructor(leaves: Map<string, Leaf>) {
    this.leaves = leaves;
  }

  number(path: string): number {
    const leaf = this.leaves.get(path);
    if (leaf === undefined) throw new Error(`hardware figure ${path} is missing`);
    return leaf.value;
  }

  /**
   * Origin of a time computed from this figure: modelled at best, even where the figure was read
   * off.
   */
  origin(path: string): Origin {
    const { kind, source } = this.leaves.get(path)!.origin;
    return { kind: kind === 'measured' ? 'modelled' : kind, source };
  }

  gemm(type: WeightType): GemmCurve {
    const native = this.leaves.has(`gemm.${type}.overheadNs`);
    // Without fp8 arithmetic the weights are widened on the way: the weight-only curve.
    const at = `gemm.${native ? type : 'int8'}`;
    const wide = type !== 'fp8' || !native;
    return {
      overheadNs: this.number(`${at}.overheadNs`),
      memoryShare: this.number(`${at}.memoryShare`),
      computeShare: this.number(`${at}.computeShare`),
      innerElements: this.number(`${at}.innerElements`),
      fillTiles: this.number(`${at}.fillTiles`),
      peakFlopPerSecond: this.number(wide ? 'peakFlopPerSecond.bf16' : 'peakFlopPerSecond.fp8'),
      weightBytes: WEIGHT_BYTES[type],
      activationBytes: wide ? 2 : 1,
      origin: this.origin(`${at}.computeShare`),
    };
  }

  generation(kernel: string): GenerationCurve {
    const at = `generationAttention.${kernel}`;
    return {
      overheadNs: this.number(`${at}.overheadNs`),
      memoryShare: this.number(`${at}.memoryShare`),
      rampNs: this.number(`${at}.rampNs`),
      rampBlocks: this.number(`${at}.rampBlocks`),
      requestHeadNs: this.number(`${at}.requestHeadNs`),
      walkNs: this.number(`${at}.walkNs`),
      walkTokens: this.number(`${at}.walkTokens`),
      splitNs: this.number(`${at}.splitNs`),
      origin: this.origin(`${at}.memoryShare`),
    };
  }

  context(kv: KvType): ContextCurve {
    const at = `contextAttention.${kv}`;
    return {
      overheadNs: this.number(`${at}.overheadNs`),
      memoryShare: this.number(`${at}.memoryShare`),
      computeShare: this.number(`${at}.computeShare`),
      paddedRows: this.number(`${at}.paddedRows`),
      origin: this.origin(`${at}.computeShare`),
    };
  }

  gather(at: string): GatherCurve | null {
    if (!this.leaves.has(`${at}.latencyNs`)) return null;
    return {
      latencyNs: this.number(`${at}.latencyNs`),
      perPeerNs: this.number(`${at}.perPeerNs`),
      bytesPerSecond: this.number(`${at}.bytesPerSecond`),
      rampNs: this.number(`${at}.rampNs`),
      origin: this.origin(`${at}.bytesPerSecond`),
    };
  }

  link(at: 'link' | 'pcie', kind: string): Link {
    return {
      kind,
      peers: this.number(`${at}.peers`),
      bytesPerSecond: this.number(`${at}.bytesPerSecond`),
      reduceBytesPerSecond: this.leaves.get(`${at}.reduceBytesPerSecond`)?.value ?? 0,
      latencyNs: this.number(`${at}.latencyNs`),
      perPeerNs: this.number(`${at}.perPeerNs`),
      twoShotNs: this.number(`${at}.twoShotNs`),
      gather: this.gather(`${at}.gather`),
      origin: this.origin(`${at}.bytesPerSecond`),
    };
  }
}

/** What an inline object states under `section.name` for each name; nothing for the others. */
function stated<Name extends string>(
  leaves: Map<string, Leaf>,
  section: string,
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const found: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const leaf = leaves.get(`${section}.${name}`);
    if (leaf !== undefined) found[name] = leaf.value;
  }
  return found;
}

/**
 * The same GPU with every achieved share of the memory's peak times `memory` and of the matrix
 * units' peak times `compute`. Launch and latency terms stay.
 */
export function withEfficiency(hardware: Hardware, memory: number, compute: number): Hardware {
  if (memory === 1 && compute === 1) return hardware;
  const both = <Curve extends GemmCurve | ContextCurve>(from: Curve): Curve => ({
    ...from,
    memoryShare: from.memoryShare * memory,
    computeShare: from.computeShare * compute,
  });
  const streams = (from: GenerationCurve): GenerationCurve => ({
    ...from,
    memoryShare: from.memoryShare * memory,
  });
  const sharings = ({ plain, grouped }: Record<HeadSharing, GenerationCurve>) => ({
    plain: streams(plain),
    grouped: streams(grouped),
  });
  const { gemm, contextAttention, generationAttention } = hardware;
  return {
    ...hardware,
    streamShare: hardware.streamShare * memory,
    gemm: {
      bf16: both(gemm.bf16),
      fp8: both(gemm.fp8),
      int8: both(gemm.int8),
      int4: both(gemm.int4),
    },
    contextAttention: {
      ...contextAttention,
      curves: {
        bf16: both(contextAttention.curves.bf16),
        fp8: both(contextAttention.curves.fp8),
      },
    },
    generationAttention: {
      computeShare: generationAttention.computeShare * compute,
      curves: {
        bf16: sharings(generationAttention.curves.bf16),
        fp8: sharings(generationAttention.curves.fp8),
      },
    },
  };
}

function flatten(fixture: HardwareFixture, leaves: Map<string, Leaf>, id: string): Hardware {
  const { memory = 1, compute = 1 } = stated(leaves, 'efficiency', ['memory', 'compute']);
  const plain = figuresOf(fixture, leaves, id);
  const by = (leaves.get('efficiency.memory') ?? leaves.get('efficiency.compute'))?.origin;
  if (by === undefined) return plain;
  const scaled = ({ source }: Origin): Origin => ({
    kind: by.kind,
    source: `${source}; achieved shares scaled: ${by.source}`,
  });
  const { gemm } = plain;
  const curve = (from: GemmCurve): GemmCurve => ({ ...from, origin: scaled(from.origin) });
  const named: Hardware = {
    ...plain,
    streamOrigin: scaled(plain.streamOrigin),
    gemm: {
      bf16: curve(gemm.bf16),
      fp8: curve(gemm.fp8),
      int8: curve(gemm.int8),
      int4: curve(gemm.int4),
    },
  };
  return withEfficiency(named, memory, compute);
}

function figuresOf(fixture: HardwareFixture, leaves: Map<string, Leaf>, id: string): Hardware {
  const read = new Reader(leaves);
  const n = (path: string) => read.number(path);
  const overheads = stated(leaves, 'overheads', overheadNames);
  const [firstOverhead] = Object.keys(overheads);
  return {
    id,
    name: id === fixture.id ? fixture.name : id,
    family: fixture.family,
    multiprocessors: n('multiprocessors'),
    memoryBytes: n('memoryBytes'),
    memoryBytesPerSecond: n('memoryBytesPerSecond'),
    bf16FlopPerSecond: n('peakFlopPerSecond.bf16'),
    expPerSecond: n('expPerSecond'),
    kernelNs: n('kernelNs'),
    streamShare: n('streamShare'),
    streamOrigin: read.origin('streamShare'),
    gemm: {
      bf16: read.gemm('bf16'),
      fp8: read.gemm('fp8'),
      int8: read.gemm('int8'),
      int4: read.gemm('int4'),
    },
    contextAttention: {
      tileRows: n('contextAttention.tileRows'),
      curves: { bf16: read.context('bf16'), fp8: read.context('fp8') },
    },
    generationAttention: {
      computeShare: n('generationAttention.computeShare'),
      curves: {
        bf16: { plain: read.generation('bf16.plain'), grouped: read.generation('bf16.grouped') },
        fp8: { plain: read.generation('fp8.plain'), grouped: read.generation('fp8.grouped') },
      },
    },
    link: read.link('link', fixture.link.kind),
    pcie: read.link('pcie', 'pcie'),
    power: {
      tdpW: n('power.tdpW'),
      idleW: n('power.idleW'),
      memoryW: n('power.memoryW'),
      computeW: n('power.computeW'),
    },
    price: { low: n('price.low'), high: n('price.high'), typical: n('price.typical') },
    overheads,
    overheadsOrigin:
      firstOverhead === undefined ? null : leaves.get(`overheads.${firstOverhead}`)!.origin,
    spread: stated(leaves, 'spread', spreadNames),
    ranges: Object.fromEntries(fixture.fits.map(({ operator, range }) => [operator, range])),
    origins: Object.fromEntries([...leaves].map(([path, leaf]) => [path, leaf.origin])),
  };
}

function fixtureOf(name: string, field: string): HardwareFixture {
  const fixture = Object.hasOwn(hardwareCatalogue, name) ? hardwareCatalogue[name] : undefined;
  if (fixture === undefined) {
    throw inputError(
      `${field} "${name}" is not known.${didYouMean(name, hardwareNames)} ` +
        `Known: ${hardwareNames.join(', ')}.`,
    );
  }
  return fixture;
}

/**
 * A GPU by name or inline object. Throws an input error for unknown names, figures or bad numbers.
 */
export function hardwareOf(gpu: string | Record<string, unknown>): Hardware {
  if (typeof gpu === 'string') {
    const fixture = fixtureOf(gpu, 'hardware.gpu');
    return flatten(fixture, leavesOf(fixture), fixture.id);
  }
  const base = gpu['base'];
  if (typeof base !== 'string') {
    throw inputError(
      'hardware.gpu as an object needs "base", the known GPU that it differs from. ' +
        `Known: ${hardwareNames.join(', ')}.`,
    );
  }
  const fixture = fixtureOf(base, 'hardware.gpu.base');
  const leaves = leavesOf(fixture);
  override(leaves, gpu, '', statedOrigin(gpu));
  const id = typeof gpu['id'] === 'string' ? gpu['id'] : `${base} (changed)`;
  return flatten(fixture, leaves, id);
}
