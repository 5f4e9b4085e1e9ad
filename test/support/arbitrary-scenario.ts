import fc from 'fast-check';
import { examineScenario, setValue } from '../../packages/simulator/src/scenario/parse.ts';
import type { PartialScenario, Scenario } from '../../packages/simulator/src/scenario/scenario.ts';
import {
  type Field,
  type FieldKind,
  fields,
  scenarioPaths,
} from '../../packages/simulator/src/scenario/schema.ts';

/**
 * Any valid scenario, drawn from the table of fields itself: a new field is covered the day it is
 * added. Draws that break a rule between fields are filtered out.
 */
export function arbitraryScenario(): fc.Arbitrary<Scenario> {
  const draws = scenarioPaths.map((path) =>
    fc.record({
      path: fc.constant(path),
      value: fc.option(drawOf((fields[path] as Field).value), { nil: undefined, freq: 2 }),
    }),
  );
  return fc
    .tuple(...draws)
    .map((parts) => {
      let given: PartialScenario = {};
      for (const { path, value } of parts) {
        if (value !== undefined) given = setValue(given, path, value);
      }
      return examineScenario(mended(given));
    })
    .filter(({ problems }) => problems.length === 0)
    .map(({ scenario }) => scenario);
}

/** Drops what the drawn kind of workload would not read, so that few draws are thrown away. */
function mended(given: PartialScenario): PartialScenario {
  const workload = { ...given.workload };
  if (workload.kind !== 'closed-loop') delete workload.concurrency;
  else workload.concurrency = workload.concurrency ?? 3;
  if (workload.kind !== 'trace') delete workload.trace;
  else workload.trace = workload.trace ?? '-';
  if (workload.kind !== 'gamma') delete workload.burstiness;
  if (workload.kind !== 'trace') {
    for (const name of ['inputTokens', 'outputTokens'] as const) {
      if (workload[name]?.kind === 'from-trace') delete workload[name];
    }
    if (workload.requests === null) delete workload.requests;
  }
  return { ...given, workload };
}

const text = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    fc.constantFrom(
      'null',
      'off',
      'yes',
      '"x',
      '{',
      '[',
      '0.5',
      '0.5,0.25',
      'a: b',
      '# c',
      '1e3',
      '-',
      'a=b&c',
    ),
  )
  .filter((s) => s.trim() === s && s !== '' && !/[\p{Cc}\p{Surrogate}\u2028\u2029\ufeff]/u.test(s));
const share = fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x + 0);
const tokens = fc.integer({ min: 1, max: 1_000_000 });

const distribution = fc.oneof(
  tokens.map((value) => ({ kind: 'constant', value })),
  fc.tuple(tokens, tokens).map(([a, b]) => ({
    kind: 'uniform',
    min: Math.min(a, b),
    max: Math.max(a, b),
  })),
  fc
    .tuple(
      fc.double({ min: 1, max: 1e5, noNaN: true }),
      fc.double({ min: 1.01, max: 14, noNaN: true }),
    )
    .map(([mean, ratio]) => ({ kind: 'lognormal', mean, p99: mean * ratio })),
  fc
    .uniqueArray(fc.double({ min: 0.001, max: 0.999, noNaN: true }), { maxLength: 4 })
    .map((ps) => ({
      kind: 'empirical',
      quantiles: [0, ...ps.sort((a, b) => a - b), 1].map((p, i) => [p, 1 + i * 2.5]),
    })),
  fc.constant({ kind: 'from-trace' }),
);

const rows = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 65536 }), { minLength: 1, maxLength: 4 }),
    fc.boolean(),
    fc.integer({ min: 0, max: 64 }),
    fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined }),
  )
  .map(([bounds, open, beams, draftLength]) => {
    const shape = draftLength === undefined ? { beams } : { beams, draftLength };
    const bounded = bounds.sort((a, b) => a - b).map((maxBatch) => ({ maxBatch, ...shape }));
    return open ? [...bounded, { beams: 0 }] : bounded;
  });

const perDepth = fc.array(share, { minLength: 1, maxLength: 6 });
const acceptance = fc.oneof(
  text,
  fc.record({ perDepth: perDepth.map((shares) => shares.sort((a, b) => b - a)) }),
  fc.record({
    name: text,
    origin: fc.record({ kind: fc.constantFrom('measured', 'modelled', 'assumed'), source: text }),
    perDepth,
    beamGain: share,
    requestSpread: share,
  }),
);

/** Inline objects: any JSON, without the keys that data may not have. */
const inline = fc
  .dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' }), {
    minKeys: 1,
    maxKeys: 4,
  })
  .filter(
    (value) =>
      !/[\p{Cc}\p{Surrogate}]|\\u|__proto__|constructor|prototype/u.test(JSON.stringify(value)),
  );

function drawOf(kind: FieldKind): fc.Arbitrary<unknown> {
  const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    'nullable' in kind && kind.nullable ? fc.option(values, { nil: null }) : values;
  switch (kind.kind) {
    case 'integer':
      return orNull(fc.integer({ min: kind.min, max: Math.min(kind.max, 2 ** 31 - 1) }));
    case 'number':
      return orNull(fc.double({ min: kind.min + 1e-9, max: kind.max, noNaN: true }));
    case 'boolean':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...kind.choices);
    case 'string':
      return orNull(text);
    case 'reference':
      return fc.oneof(text, inline);
    case 'distribution':
      return distribution;
    case 'schedule':
      return fc.oneof(fc.constantFrom('fixed', 'adaptive', 'confidence'), rows);
    case 'acceptance':
      return acceptance;
  }
}
