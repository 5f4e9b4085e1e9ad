/**
 * Turns counts into time and enters them in a ledger: operators of the suite by their records'
 * roofline, matrix products, plain streaming kernels, collectives, host time.
 */
import {
  type Dtypes,
  emptyWork,
  type Operator,
  operators as suite,
  type Work,
} from '@beamline/kernels';
import type { Hardware } from '../hardware/index.ts';
import type { Origin } from '../run.ts';
import type { WeightType } from '../scenario/scenario.ts';
import { allGatherNs, allReduceNs, linkFor } from './collective.ts';
import { originAt } from './extrapolation.ts';
import { emptyGemmTime, gemm } from './gemm.ts';
import type { Bound, Ledger } from './ledger.ts';
import { type AxesOf, type MeasuredRatios, originOf } from './measured.ts';

/** Roofline of plain kernels: launches + the longer of memory and special-function unit. */
class Roofline {
  readonly #kernelNs: number;
  readonly #nsPerByte: number;
  readonly #nsPerExp: number;

  constructor(hardware: Hardware) {
    this.#kernelNs = hardware.kernelNs;
    this.#nsPerByte = 1e9 / (hardware.memoryBytesPerSecond * hardware.streamShare);
    this.#nsPerExp = 1e9 / hardware.expPerSecond;
  }

  ns(work: Work): number {
    if (work.bytes === 0) return 0;
    const body = Math.max(work.bytes * this.#nsPerByte, work.exps * this.#nsPerExp);
    return work.launches * this.#kernelNs + body;
  }

  bound(work: Work): Bound {
    const memory = work.bytes * this.#nsPerByte;
    const exps = work.exps * this.#nsPerExp;
    if (work.launches * this.#kernelNs > Math.max(memory, exps)) return 'launch';
    return memory >= exps ? 'memory' : 'exp';
  }
}

export class Pricer {
  readonly hardware: Hardware;
  readonly ratios: MeasuredRatios | null;
  /** What the last operator call moved and computed. */
  readonly work: Work = emptyWork();
  readonly #roofline: Roofline;
  readonly #gemm = emptyGemmTime();

  constructor(hardware: Hardware, ratios: MeasuredRatios | null) {
    this.hardware = hardware;
    this.#roofline = new Roofline(hardware);
    this.ratios = ratios;
  }

  #ratio(operator: string, axes: AxesOf): number {
    const { ratios } = this;
    if (ratios === null) return 1;
    return ratios.ratio(operator, axes);
  }

  /** ns of one call of an operator of the suite. */
  operatorNs<Name extends string>(
    record: Operator<Name>,
    axes: Readonly<Record<Name, number>>,
    dtypes: Dtypes,
  ): number {
    record.cost(axes, dtypes, this.work);
    const ns = this.#roofline.ns(this.work);
    return this.ratios === null ? ns : ns * this.#ratio(record.name, axes);
  }

  operator<Name extends string>(
    ledger: Ledger,
    record: Operator<Name>,
    axes: Readonly<Record<Name, number>>,
    dtypes: Dtypes,
    count = 1,
  ): void {
    const ns = this.operatorNs(record, axes, dtypes);
    const work = this.work;
    const bound = this.#roofline.bound(work);
    const origin = originOf(this.ratios, record.name, this.hardware.streamOrigin);
    ledger.add(record.name, count, work.launches, work.bytes, work.flop, ns, bound, origin);
  }

  gemm(
    ledger: Ledger,
    name: string,
    type: WeightType,
    m: number,
    n: number,
    k: number,
    count = 1,
    groups = 1,
  ): void {
    const curve = this.hardware.gemm[type];
    const time = gemm(this.hardware, curve, m, n, k, this.#gemm, groups);
    const key = this.ratios?.has(name) ? name : 'gemm';
    const ns = time.ns * this.#ratio(key, { m, n, k });
    const fitted =
      ledger.lines === null
        ? curve.origin
        : originAt(this.hardware, `gemm.${type}`, curve.origin, { m: m / groups, n, k });
    const origin = originOf(this.ratios, key, fitted);
    ledger.add(name, count, 1, time.bytes, time.flop, ns, time.bound, origin);
  }

  /** A kernel that only streams bytes, such as a norm. `launches` 0 = fused into its neighbour. */
  stream(ledger: Ledger, name: string, bytes: number, count = 1, launches = 1): void {
    const work = this.work;
    work.bytes = bytes;
    work.flop = 0;
    work.exps = 0;
    work.launches = launches;
    const ns = this.#roofline.ns(work);
    const bound = this.#roofline.bound(work);
    ledger.add(name, count, launches, bytes, 0, ns, bound, this.hardware.streamOrigin);
  }

  /** Time on the host, or on the wire: no bytes of device memory. */
  fixed(ledger: Ledger, name: string, ns: number, bound: Bound, origin: Origin, count = 1): void {
    ledger.add(name, count, 0, 0, 0, ns, bound, origin);
  }

  allReduce(ledger: Ledger, name: string, bytes: number, devices: number, count = 1): void {
    const ns = allReduceNs(this.hardware, bytes, devices);
    const { origin } = linkFor(this.hardware, devices);
    ledger.add(name, count, 1, bytes, 0, ns, 'network', origin);
  }

  allGather(ledger: Ledger, name: string, bytes: number, devices: number, count = 1): void {
    const ns = allGatherNs(this.hardware, bytes, devices);
    const link = linkFor(this.hardware, devices);
    const { origin } = link.gather ?? link;
    ledger.add(name, count, 1, bytes, 0, ns, 'network', origin);
  }

  /** Modelled ns of a bench record, 0 for an operator that is not known here. */
  modelledNs(operator: string, axes: AxesOf, dtypes: Dtypes, weights: WeightType): number {
    const record = suite.find(({ name }) => name === operator);
    if (record !== undefined) {
      for (const { name } of record.axes) if (!Number.isFinite(axes[name])) return 0;
      return this.#roofline.ns(record.cost(axes, dtypes));
    }
    const { m, n, k } = axes;
    if (m === undefined || n === undefined || k === undefined) return 0;
    const type = operator.startsWith('gemm') ? weights : 'bf16';
    return gemm(this.hardware, this.hardware.gemm[type], m, n, k, emptyGemmTime()).ns;
  }
}
