import { describe, expect, it } from 'vitest';
import {
  emptyStepShape,
  MeasuredOperators,
  type MeasuredRecord,
  StepCost,
} from '../../src/cost/index.ts';
import { engineWith } from './engines.ts';

/** Times from a kernel bench replace modelled ones. */

const shape = emptyStepShape();
shape.generationRequests = 8;
shape.generationRows = 8;
shape.generationKvTokens = 8 * 1000;

const engine = engineWith('llama-3.1-8b', 'h100-sxm', { method: 'redrafter' });
const axes = {
  requests: 8,
  treeTokens: 8,
  kvTokens: 8 * 1000 + 8,
  queryHeads: 32,
  kvHeads: 8,
  headDim: 128,
};

function costWith(records: MeasuredRecord[]): StepCost {
  return new StepCost({ ...engine, measured: new MeasuredOperators(records) });
}

function line(cost: StepCost, operator: string, at = shape) {
  return cost.itemise(at).find((one) => one.operator === operator)!;
}

describe('measured operators', () => {
  it('take the record’s time at its axes, and say so', () => {
    const cost = costWith([{ operator: 'tree_attention', axes, ns: 5000 }]);
    const attention = line(cost, 'tree_attention');
    expect(attention.timeNs).toBeCloseTo(32 * 5000, 6);
    expect(attention.origin.kind).toBe('measured');
    expect(line(new StepCost(engine), 'tree_attention').origin.source).toMatch(/fitted/);
  });

  it('scale other shapes by the nearest record', () => {
    const plain = new StepCost(engine);
    const half = line(plain, 'tree_attention').timeNs / 32 / 2;
    const cost = costWith([
      { operator: 'tree_attention', axes, ns: half },
      { operator: 'tree_attention', axes: { ...axes, kvTokens: 1_000_000 }, ns: 1e9 },
    ]);
    const near = { ...shape, generationKvTokens: 8 * 1100 };
    const ratio =
      line(cost, 'tree_attention', near).timeNs / line(plain, 'tree_attention', near).timeNs;
    expect(ratio).toBeCloseTo(0.5, 9);
    // Only a record's own axes are measured.
    expect(line(cost, 'tree_attention', near).origin.kind).not.toBe('measured');
  });

  it('move the step by what they save and nothing else', () => {
    const plain = new StepCost(engine);
    const modelled = line(plain, 'tree_attention').timeNs / 32;
    const cost = costWith([{ operator: 'tree_attention', axes, ns: modelled - 1000 }]);
    expect(plain.timeNs(shape) - cost.timeNs(shape)).toBe(32 * 1000);
    const listed = cost.itemise(shape).reduce((sum, { timeNs }) => sum + timeNs, 0);
    expect(Math.abs(cost.timeNs(shape) - listed)).toBeLessThanOrEqual(1);
  });

  it('cover operators of the suite and matrix products alike', () => {
    const cost = costWith([
      {
        operator: 'verify_greedy',
        axes: { requests: 8, beams: 0, draftLength: 0, treeTokens: 8, vocab: 128256 },
        ns: 777,
      },
      { operator: 'lm_head', axes: { m: 8, n: 128256, k: 4096 }, ns: 123_456 },
    ]);
    expect(line(cost, 'verify_greedy').timeNs).toBeCloseTo(777, 6);
    expect(line(cost, 'verify_greedy').origin.kind).toBe('measured');
    expect(line(cost, 'lm_head').timeNs).toBeCloseTo(123_456, 6);
    expect(line(cost, 'gemm_qkv').origin.source).toMatch(/fitted/);
  });

  it('for `gemm` stand for every product', () => {
    const plain = new StepCost(engine);
    const qkv = line(plain, 'gemm_qkv').timeNs / 32;
    const cost = costWith([{ operator: 'gemm', axes: { m: 8, n: 6144, k: 4096 }, ns: qkv / 2 }]);
    expect(line(cost, 'gemm_qkv').timeNs).toBeCloseTo(16 * qkv, 4);
    const ratio = line(cost, 'gemm_down').timeNs / line(plain, 'gemm_down').timeNs;
    expect(ratio).toBeCloseTo(0.5, 9);
  });

  it('leave out what no model prices, and refuse times that are none', () => {
    const cost = costWith([{ operator: 'nothing_of_ours', axes: { m: 1 }, ns: 5 }]);
    expect(cost.timeNs(shape)).toBe(new StepCost(engine).timeNs(shape));
    for (const ns of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new MeasuredOperators([{ operator: 'gemm', axes: {}, ns }])).toThrow(/above 0/);
    }
  });
});
