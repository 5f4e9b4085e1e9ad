/**
 * A GPU as the cost model reads it: plain numbers, each with its origin under the same path. Names
 * come from fixtures/hardware; an inline object states a `base` GPU and what differs from it.
 *
 * Example: `{ base: 'h100-sxm', memoryBytesPerSecond: 3.9e12 }` is an H100 with faster memory.
 */
import { type HardwareFixture, hardwareCatalogue } from '@beamline/fixtures';
import { didYouMean, inputError } from '../base/errors.ts';
import type { Origin } from '../run.ts';
import type { WeightType } from '../scenario/scenario.ts';

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

export interface Link {
  readonly kind: string;
  readonly peers: number;
  readonly bytesPerSecond: number;
  /** Rate of a large all-reduce where the switch adds up; 0 where it does not. */
  readonly reduceBytesPerSecond: number;
  readonly latencyNs: number;
  readonly perPeerNs: number;
  readonly twoShotNs: number;
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
    readonly overheadNs: number;
    readonly computeShare: number;
    readonly paddedRows: number;
    readonly origin: Origin;
  };
  readonly generationAttention: {
    readonly overheadNs: number;
    readonly memoryShare: number;
    readonly rampNs: number;
    readonly requestHeadNs: number;
    readonly computeShare: number;
    readonly origin: Origin;
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
  /** Origin of every figure by its path, for example `gemm.bf16.computeShare`. */
  readonly origins: Readonly<Record<string, Origin>>;
}

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
      if (path === '' && key === 'origins') continue;
      walk(child, path === '' ? key : `${path}.${key}`);
    }
  };
  walk(fixture, '');
  return leaves;
}

/**
 * Lays an inline object's numbers over the base's; unknown paths and bad numbers are the user's.
 */
function override(leaves: Map<string, Leaf>, node: Record<string, unknown>, path: string): void {
  for (const [key, child] of Object.entries(node)) {
    if (path === '' && (key === 'base' || key === 'id' || key === 'name')) continue;
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof child === 'object' && child !== null && !('value' in child)) {
      override(leaves, child as Record<string, unknown>, here);
      continue;
    }
    const value =
      typeof child === 'object' && child !== null ? (child as { value: unknown }).value : child;
    const paths = [...leaves.keys()];
    if (!leaves.has(here)) {
      const guess = didYouMean(here, paths);
      throw inputError(`hardware.gpu has no figure "${here}".${guess}`);
    }
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
      throw inputError(
        `hardware.gpu.${here} is ${JSON.stringify(value)}; ` +
          'it must be a finite number of at least 0.',
      );
    }
    if (value === 0 && !/Ns$|innerElements|paddedRows|W$|price/.test(here)) {
      throw inputError(`hardware.gpu.${here} is 0; it must be above 0.`);
    }
    leaves.set(here, { value, origin: { kind: 'assumed', source: 'stated in the scenario' } });
  }
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

  link(at: 'link' | 'pcie', kind: string): Link {
    return {
      kind,
      peers: this.number(`${at}.peers`),
      bytesPerSecond: this.number(`${at}.bytesPerSecond`),
      reduceBytesPerSecond: this.leaves.get(`${at}.reduceBytesPerSecond`)?.value ?? 0,
      latencyNs: this.number(`${at}.latencyNs`),
      perPeerNs: this.number(`${at}.perPeerNs`),
      twoShotNs: this.number(`${at}.twoShotNs`),
      origin: this.origin(`${at}.bytesPerSecond`),
    };
  }
}

function flatten(fixture: HardwareFixture, leaves: Map<string, Leaf>, id: string): Hardware {
  const read = new Reader(leaves);
  const n = (path: string) => read.number(path);
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
      overheadNs: n('contextAttention.overheadNs'),
      computeShare: n('contextAttention.computeShare'),
      paddedRows: n('contextAttention.paddedRows'),
      origin: read.origin('contextAttention.computeShare'),
    },
    generationAttention: {
      overheadNs: n('generationAttention.overheadNs'),
      memoryShare: n('generationAttention.memoryShare'),
      rampNs: n('generationAttention.rampNs'),
      requestHeadNs: n('generationAttention.requestHeadNs'),
      computeShare: n('generationAttention.computeShare'),
      origin: read.origin('generationAttention.memoryShare'),
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
  override(leaves, gpu, '');
  const id = typeof gpu['id'] === 'string' ? gpu['id'] : `${base} (changed)`;
  return flatten(fixture, leaves, id);
}
