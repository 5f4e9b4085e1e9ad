import { workloadCatalogue } from '@beamline/fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryScenario } from '../../../../test/support/arbitrary-scenario.ts';
import { BeamlineError } from '../base/errors.ts';
import { scenarioJsonSchema } from './json-schema.ts';
import { applySet, examineScenario, parseScenario, setValue } from './parse.ts';
import type { PartialScenario } from './scenario.ts';
import { type Field, fields, scenarioPaths, valueAt } from './schema.ts';
import { changedPaths, fromSearchParams, toSearchParams, toSets } from './spellings.ts';

/** The message of the input error that `act` throws. */
function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(BeamlineError);
    expect((error as BeamlineError).code).toBe('input');
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('round trips (law: every spelling gives the same scenario)', () => {
  it('are tried with every field of the table changed', () => {
    const changed = new Set(fc.sample(arbitraryScenario(), 300).flatMap(changedPaths));
    expect(scenarioPaths.filter((path) => !changed.has(path))).toEqual(['version']);
  });

  it('search parameters', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const address = new URLSearchParams(toSearchParams(scenario)).toString();
        const back = fromSearchParams(new URLSearchParams(address));
        expect(back).toEqual({ scenario, unknown: [] });
      }),
    );
  });

  it('a list of --set', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const given = toSets(scenario).reduce<PartialScenario>(applySet, {});
        expect(parseScenario(given, 'test')).toEqual(scenario);
      }),
    );
  });

  it('JSON, to the byte', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const json = JSON.stringify(scenario);
        expect(JSON.stringify(parseScenario(JSON.parse(json), 'test'))).toBe(json);
      }),
    );
  });

  it('lengths of a bundled workload keep their name', () => {
    const sets = ['workload.inputTokens=azure-chat', 'workload.outputTokens=azure-code'];
    const scenario = parseScenario(sets.reduce<PartialScenario>(applySet, {}), 'test');
    const { inputTokens, outputTokens } = scenario.workload;
    expect(inputTokens).toEqual(workloadCatalogue['azure-chat']!.inputTokens);
    expect(outputTokens).toEqual(workloadCatalogue['azure-code']!.outputTokens);
    expect(toSets(scenario)).toEqual(sets);
    // Input lengths used as output lengths have no name.
    const crossed = { ...scenario.workload, outputTokens: inputTokens };
    expect(toSets({ ...scenario, workload: crossed })[1]).toContain('empirical:0=2,');
  });

  it('the default scenario is spelt by nothing', () => {
    const scenario = parseScenario({}, 'test');
    expect(toSets(scenario)).toEqual([]);
    expect(toSearchParams(scenario)).toEqual([]);
  });
});

describe('defaults', () => {
  it('fills in every field of the table', () => {
    for (const empty of [{}, null, undefined, { workload: null }, { serving: {} }]) {
      const scenario = parseScenario(empty, 'test');
      for (const path of scenarioPaths) expect(valueAt(scenario, path), path).toBeDefined();
    }
  });

  it('every fixed default passes its own check', () => {
    for (const path of scenarioPaths) {
      const value = (fields[path] as Field).default;
      if (typeof value === 'function') continue;
      expect(examineScenario(setValue({}, path, value)).problems).toEqual([]);
    }
  });

  it('a trace brings its own length and lengths', () => {
    const { workload } = parseScenario({ workload: { kind: 'trace', trace: 'a.csv' } }, 'test');
    expect(workload.requests).toBe(null);
    expect(workload.inputTokens).toEqual({ kind: 'from-trace' });
    expect(parseScenario({}, 'test').workload.requests).toBe(2000);
    expect(parseScenario({ workload: { durationSeconds: 5 } }, 'test').workload.requests).toBe(
      null,
    );
  });

  it('no beams is no drafting', () => {
    expect(parseScenario({ speculation: { beams: 0 } }, 'test').speculation.method).toBe('none');
  });
});

describe('--set', () => {
  it.each([
    ['speculation.beams=8', 'speculation.beams', 8],
    ['workload.ratePerSecond=2.5e1', 'workload.ratePerSecond', 25],
    ['serving.blockReuse=false', 'serving.blockReuse', false],
    ['serving.blockReuse=true', 'serving.blockReuse', true],
    [
      'workload.inputTokens=uniform:1:9',
      'workload.inputTokens',
      { kind: 'uniform', min: 1, max: 9 },
    ],
    ['workload.outputTokens=constant:7', 'workload.outputTokens', { kind: 'constant', value: 7 }],
    ['speculation.acceptance=0.8,0.7', 'speculation.acceptance', { perDepth: [0.8, 0.7] }],
    ['speculation.acceptance=code', 'speculation.acceptance', 'code'],
    [
      'speculation.schedule=4:8x5,16:4x4,0',
      'speculation.schedule',
      [
        { maxBatch: 4, beams: 8, draftLength: 5 },
        { maxBatch: 16, beams: 4, draftLength: 4 },
        { beams: 0 },
      ],
    ],
    ['model={"hidden_size":64}', 'model', { hidden_size: 64 }],
    ['slo=ttft_p95 < 500ms and itl_p99 < 50ms', 'slo', 'ttft_p95 < 500ms and itl_p99 < 50ms'],
    ['slo=null', 'slo', null],
  ])('%s', (assignment, path, value) => {
    const scenario = parseScenario(applySet({}, assignment), 'test');
    expect(valueAt(scenario, path)).toEqual(value);
  });

  it.each([
    ['speculation.beems=8', 'Did you mean "beams"?'],
    ['beams=8', 'Did you mean "speculation.beams"?'],
    ['speculation.beams', 'must be path=value'],
    ['serving=3', 'is a section; set one of serving.engine'],
    ['__proto__.polluted=1', 'is not a field'],
    ['constructor=1', 'is not a field'],
    ['speculation.constructor=1', 'is not a field'],
  ])('%s is refused', (assignment, message) => {
    expect(messageOf(() => applySet({}, assignment))).toContain(message);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('leaves what it was given as it was', () => {
    const given = Object.freeze({ speculation: Object.freeze({ beams: 2 }) });
    const set = applySet(given, 'speculation.draftLength=3');
    expect(set).toEqual({ speculation: { beams: 2, draftLength: 3 } });
    expect(given).toEqual({ speculation: { beams: 2 } });
  });
});

describe('bad scenarios are refused by path, with what was given and what is allowed', () => {
  it.each<[unknown, string]>([
    [[], 'must be an object of sections'],
    ['x', 'must be an object of sections'],
    [7, 'must be an object of sections'],
    [new Date(0), 'must be an object of sections'],
    [{ version: 2 }, 'version must be an integer from 1 to 1 (got 2)'],
    [{ seed: -1 }, 'seed must be'],
    [{ seed: 1.5 }, 'seed must be'],
    [{ seed: 2 ** 53 }, 'seed must be'],
    [{ seed: '1' }, '(got the text "1")'],
    [{ sead: 1 }, 'Did you mean "seed"?'],
    [
      { speculation: { beems: 1 } },
      'speculation.beems is not a field of speculation. Did you mean "beams"?',
    ],
    [{ beams: 4 }, 'Did you mean "speculation.beams"?'],
    [{ speculation: 'redrafter' }, 'speculation must be an object'],
    [{ speculation: { method: 'redraftr' } }, 'Did you mean "redrafter"?'],
    [{ speculation: { beams: 65 } }, 'from 0 to 64'],
    [{ speculation: { draftLength: 0 } }, 'from 1 to 64'],
    [{ speculation: { schedule: 'adaptve' } }, 'Did you mean "adaptive"?'],
    [{ speculation: { schedule: [] } }, 'a list of 0'],
    [{ speculation: { schedule: [{ beam: 1 }] } }, 'Did you mean "beams"?'],
    [{ speculation: { schedule: [{ beams: 1 }, { beams: 0 }] } }, 'rising maxBatch'],
    [{ speculation: { acceptance: { perDepth: [1.2] } } }, 'perDepth[0] must be'],
    [{ speculation: { acceptance: { perDepth: [0.5, 0.6] } } }, 'cannot rise'],
    [{ speculation: { acceptance: { perDepth: [] } } }, 'perDepth must be'],
    [{ speculation: { acceptance: { perDepth: [Number.NaN] } } }, 'got NaN'],
    [{ speculation: { acceptance: { name: 'x', perDepth: [0.5] } } }, 'origin is missing'],
    [{ workload: { ratePerSecond: -4 } }, 'above 0'],
    [{ workload: { ratePerSecond: 0 } }, 'above 0'],
    [{ workload: { ratePerSecond: Number.NaN } }, 'got NaN'],
    [{ workload: { ratePerSecond: Number.POSITIVE_INFINITY } }, 'got Infinity'],
    [{ workload: { durationSeconds: '5m' } }, '(s), or null (got the text "5m")'],
    [
      { workload: { inputTokens: { kind: 'lognorml', mean: 1, p99: 2 } } },
      'Did you mean "lognormal"?',
    ],
    [{ workload: { inputTokens: { kind: 'lognormal', mean: 10, p99: 2 } } }, 'above the mean'],
    [
      { workload: { inputTokens: { kind: 'lognormal', mean: 10, p99: 900 } } },
      'at most 14.9 times',
    ],
    [{ workload: { inputTokens: { kind: 'uniform', min: 9, max: 1 } } }, 'min above max'],
    [{ workload: { inputTokens: 'azure-chatt' } }, 'Did you mean "azure-chat"?'],
    [
      { workload: { inputTokens: { kind: 'constant', value: 1, mean: 2 } } },
      'mean is not known here',
    ],
    [
      {
        workload: {
          inputTokens: {
            kind: 'empirical',
            quantiles: [
              [0, 5],
              [1, 2],
            ],
          },
        },
      },
      'must rise',
    ],
    [
      {
        workload: {
          inputTokens: {
            kind: 'empirical',
            quantiles: [
              [0, 5],
              [0.9, 9],
            ],
          },
        },
      },
      'end at 1',
    ],
    [{ workload: { inputTokens: { kind: 'toString' } } }, 'must be one of'],
    [{ workload: { inputTokens: { kind: 'from-trace' } } }, 'names no file'],
    [{ workload: { kind: 'trace' } }, 'workload.trace is missing'],
    [{ workload: { trace: 'a.csv' } }, 'is not read by workload.kind poisson'],
    [{ workload: { kind: 'closed-loop' } }, 'workload.concurrency is missing'],
    [{ workload: { concurrency: 3 } }, 'is not read by workload.kind poisson'],
    [{ workload: { burstiness: 3 } }, 'set workload.kind=gamma'],
    [{ workload: { requests: null } }, 'ends the load'],
    [{ serving: { maxNumTokens: 3 } }, 'serving.maxNumTokens is too small'],
    [{ serving: { blockReuse: 'yes' } }, 'true or false'],
    [{ serving: { kvCacheFraction: 1.5 } }, 'serving.kvCacheFraction must be'],
    [{ model: '' }, 'model must not be empty'],
    [{ model: 'a\nb' }, 'not text'],
    [{ model: 7 }, 'a name, a path or an inline object'],
    [{ model: JSON.parse('{"a":{"__proto__":{"polluted":1}}}') }, 'model.a.__proto__ is not a key'],
    [JSON.parse('{"__proto__":{"polluted":1}}'), '__proto__ is not a field'],
    [JSON.parse('{"speculation":{"__proto__":{"beams":1}}}'), 'speculation.__proto__ is not'],
    [{ slo: ' ' }, 'slo must not be empty'],
  ])('%j', (input, message) => {
    expect(messageOf(() => parseScenario(input, 'here'))).toContain(message);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('tells all problems together, with their lines', () => {
    const input = { sead: 1, speculation: { beams: -1 }, workload: { ratePerSecond: 'fast' } };
    const lines = new Map([['speculation.beams', 7]]);
    const locate = (path: string) => lines.get(path) ?? null;
    const message = messageOf(() => parseScenario(input, 'a.yaml', locate));
    expect(message).toContain('a.yaml: 3 problems');
    expect(message).toContain('  a.yaml:7: speculation.beams must be');
    expect(message).toContain('  a.yaml: sead is not a field');
  });

  it('an inline object too deep or too large is refused', () => {
    let deep: Record<string, unknown> = {};
    for (let i = 0; i < 10_000; i++) deep = { deep };
    expect(messageOf(() => parseScenario({ model: deep }, 'x'))).toContain('too large or too deep');
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]));
    expect(messageOf(() => parseScenario({ model: wide }, 'x'))).toContain('too large or too deep');
  });

  it('never throws anything but an input error', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withMap: true, withDate: true }),
        (input) => {
          try {
            parseScenario(input, 'fuzz');
          } catch (error) {
            expect(error).toBeInstanceOf(BeamlineError);
          }
        },
      ),
    );
  });
});

describe('addresses', () => {
  it('keep and report unknown names', () => {
    const { scenario, unknown } = fromSearchParams([
      ['speculation.beans', '3'],
      ['seed', '9'],
      ['utm_source', 'x'],
    ]);
    expect(scenario.seed).toBe(9);
    expect(unknown[0]).toEqual({
      name: 'speculation.beans',
      hint: 'Did you mean "speculation.beams"?',
    });
    expect(unknown[1]!.name).toBe('utm_source');
  });

  it('refuse a name given twice', () => {
    const twice = [
      ['seed', '1'],
      ['seed', '2'],
    ] as const;
    expect(messageOf(() => fromSearchParams(twice))).toContain('seed is given twice');
  });
});

describe('JSON Schema', () => {
  it('names every field once, closed against others', () => {
    const schema = scenarioJsonSchema() as {
      properties: Record<string, { properties?: object; additionalProperties?: boolean }>;
    };
    const paths = Object.entries(schema.properties).flatMap(([key, value]) =>
      value.properties === undefined
        ? [key]
        : Object.keys(value.properties).map((name) => `${key}.${name}`),
    );
    expect(paths).toEqual(scenarioPaths);
    expect(schema.properties.speculation!.additionalProperties).toBe(false);
  });
});
