/** Laws that every operator's suite keeps: its own cases, fuzz cases and probes hold together. */
import { describe, expect, it } from 'vitest';
import { parseCases, printCase } from './lib/case-file.ts';
import { compare, outputShapes } from './lib/compare.ts';
import { Draw } from './lib/draw.ts';
import { isFloat, roundTo } from './lib/float-formats.ts';
import { filled, sizeOf } from './lib/tensors.ts';
import type { Case, OperatorSuite, Tensor, Tensors } from './suite-record.ts';
import { suites } from './suites.ts';

/** What a device would return: the twin's numbers in the outputs' types. */
function asDevice(suite: OperatorSuite, call: Case): Tensors {
  const twin = suite.twin(call);
  const out: Record<string, Tensor> = {};
  for (const [name, { dtype, shape }] of Object.entries(outputShapes(suite, call))) {
    const { data } = twin[name]!;
    const isRounded = isFloat(dtype);
    out[name] = { dtype, shape, data: isRounded ? data.map((x) => roundTo(dtype, x)) : data };
  }
  return out;
}

function printSize(call: Case): number {
  return Object.values(call.inputs).reduce((sum, { data }) => sum + data.length, 0);
}

describe.each(suites.map((suite) => [suite.operator.name, suite] as const))('%s', (name, suite) => {
  const cases = suite.cases();

  it('has cases with unique, mechanical ids', () => {
    const ids = cases.map(({ id }) => id);
    expect([...new Set(ids)]).toEqual(ids);
    for (const id of ids) expect(id).toMatch(new RegExp(`^${name}/[a-z0-9_.]+$`));
    expect(cases.length).toBeGreaterThanOrEqual(8);
  });

  it('makes the same cases every time', () => {
    const again = suite.cases();
    expect(again.map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
    const small = cases.filter((call) => printSize(call) < 20000);
    expect(small.map((call) => printCase(again[cases.indexOf(call)]!))).toEqual(
      small.map(printCase),
    );
  });

  it('holds zero extents', () => {
    const empty = cases.filter((call) => Object.values(call.axes).some((extent) => extent <= 0));
    expect(empty.length).toBeGreaterThan(0);
  });

  it('keeps its own tolerance and laws on every case', () => {
    for (const call of cases) {
      expect([call.id, compare(suite, call, asDevice(suite, call))]).toEqual([call.id, []]);
    }
  });

  it('gives outputs of the declared shapes', () => {
    for (const call of cases) {
      const outputs = suite.reference(call);
      for (const [output, { dtype, shape }] of Object.entries(outputShapes(suite, call))) {
        expect([call.id, outputs[output]?.dtype, outputs[output]?.shape]).toEqual([
          call.id,
          dtype,
          shape,
        ]);
        expect(outputs[output]!.data.length).toBe(sizeOf(shape));
      }
    }
  });

  it('has a cost for every case', () => {
    for (const call of cases) {
      const { bytes, flop, exps, launches } = suite.operator.cost(call.axes, call.dtypes);
      for (const count of [bytes, flop, exps, launches]) {
        expect(Number.isFinite(count) && count >= 0).toBe(true);
      }
    }
  });

  it('never accepts NaN or poison', () => {
    for (const call of cases) {
      const poisoned: Record<string, Tensor> = {};
      let size = 0;
      for (const [output, { dtype, shape }] of Object.entries(outputShapes(suite, call))) {
        const spec = suite.operator.outputs.find((tensor) => tensor.name === output)!;
        // Memory that is only passed on may hold NaN anyway.
        const float = spec.inPlace ? 7 : Number.NaN;
        poisoned[output] = filled(dtype, shape, isFloat(dtype) ? float : 0x5a5a5a5a);
        size += sizeOf(shape);
      }
      const problems = compare(suite, call, poisoned);
      expect([call.id, problems.length > 0]).toEqual([call.id, size > 0]);
    }
  });

  it('passes its own probes', () => {
    for (const probe of suite.probes()) {
      const outputs = probe.cases.map((call) => asDevice(suite, call));
      expect([probe.id, probe.check(outputs)]).toEqual([probe.id, []]);
    }
  });

  it('survives a case file', () => {
    for (const call of cases.slice(0, 12)) {
      const { cases: parsed, isList } = parseCases(printCase(call));
      expect(isList).toBe(false);
      const again = suite.resolve(parsed[0]!, call.id);
      // The sign of a zero is no part of a case.
      expect(printCase(again)).toBe(printCase(call));
      expect(again.axes).toEqual(call.axes);
      expect(again.dtypes.float).toBe(call.dtypes.float);
    }
  });

  it('draws valid cases that replay from their choices', () => {
    for (let seed = 0; seed < 40; seed++) {
      const draw = Draw.seeded(seed);
      const call = suite.generate(draw);
      const again = suite.generate(Draw.replay(draw.choices));
      expect(printCase(again)).toBe(printCase(call));
      expect([call.id, seed, compare(suite, call, asDevice(suite, call))]).toEqual([
        call.id,
        seed,
        [],
      ]);
    }
    expect(() => suite.generate(Draw.replay([]))).not.toThrow();
  });
});
