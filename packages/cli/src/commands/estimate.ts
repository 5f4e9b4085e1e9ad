import { numberText } from '@beamline/figures';
import {
  type Estimate,
  estimate,
  type OperatorCost,
  type PartialScenario,
  type Scenario,
  setValue,
} from '@beamline/simulator';
import type { Context } from '../context.ts';
import type { Result } from '../result.ts';
import type { Table } from '../table.ts';
import { commandLine, sameScenario } from '../words.ts';

/** `beamline estimate`: one decode step and one prefill, by operator. */
export async function estimateCommand(context: Context<'estimate'>): Promise<Result> {
  const { given, complete } = context.scenarioInput();
  const scenario = complete(given);
  const { batch, kvTokens, contextTokens } = context.values;
  const options = {
    ...(batch === null ? {} : { batch }),
    ...(kvTokens === null ? {} : { kvTokens }),
    ...(contextTokens === null ? {} : { contextTokens }),
  };
  const result = estimate(scenario, options);
  const plain = estimate(withoutDrafting(scenario, complete), { ...options, ...fixedBy(result) });
  const { positionals, assignments } = context.parsed;
  const { setting } = result;
  return {
    data: { version: 1, scenario, ...result, withoutDrafting: plain.totals },
    tables: [
      bothTable(result),
      totalsTable(result, plain),
      memoryTable(result),
      originTable(result),
    ],
    closing: [
      ...findings(scenario, result, plain),
      `Dig deeper: ${commandLine(
        'simulate',
        sameScenario(positionals, assignments),
        `--workload closed-loop --concurrency ${setting.batch}`,
      )}`,
    ],
    exitCode: 0,
  };
}

function withoutDrafting(
  scenario: Scenario,
  complete: (given: PartialScenario) => Scenario,
): Scenario {
  return complete(setValue(scenario as PartialScenario, 'speculation.method', 'none'));
}

/** The same batch for both sides, whatever memory would allow each. */
function fixedBy({ setting }: Estimate) {
  const { batch, kvTokens, contextTokens } = setting;
  return { batch, kvTokens, contextTokens, rowsPerRequest: 1 };
}

const ms = (ns: number) => ns / 1e6;

function bothTable({ decode, prefill, setting }: Estimate): Table {
  const { batch, rowsPerRequest, kvTokens, contextTokens } = setting;
  const rows = (phase: string, lines: readonly OperatorCost[]) =>
    lines.map((line) => [
      phase,
      line.operator,
      line.count,
      line.launches,
      line.bytes / 1e6,
      line.flop / 1e9,
      line.timeNs / 1e3,
      line.bound,
      line.origin.kind,
    ]);
  return {
    title:
      `One decode step of ${batch} requests, ${rowsPerRequest} rows each, ${kvTokens} past tokens; ` +
      `one prefill of ${contextTokens} tokens; per GPU`,
    columns: [
      { name: 'phase' },
      { name: 'operator' },
      { name: 'calls' },
      { name: 'launches' },
      { name: 'bytes', unit: 'MB' },
      { name: 'FLOP', unit: 'GFLOP' },
      { name: 'time', unit: 'µs' },
      { name: 'bound' },
      { name: 'origin' },
    ],
    rows: [...rows('decode', decode), ...rows('prefill', prefill)],
  };
}

function totalsTable({ totals }: Estimate, plain: Estimate): Table {
  const row = (name: string, { timeNs, bytes, flop, joules }: Estimate['totals']['decode']) => [
    name,
    ms(timeNs),
    bytes / 1e9,
    flop / 1e12,
    joules,
    'modelled',
  ];
  return {
    title: 'Totals',
    columns: [
      { name: 'step' },
      { name: 'time', unit: 'ms' },
      { name: 'bytes', unit: 'GB' },
      { name: 'FLOP', unit: 'TFLOP' },
      { name: 'energy', unit: 'J' },
      { name: 'origin' },
    ],
    rows: [
      row('decode', totals.decode),
      row('decode without drafting', plain.totals.decode),
      row('prefill', totals.prefill),
    ],
  };
}

function memoryTable({ memory }: Estimate): Table {
  const gigabytes: [string, number][] = [
    ['weights', memory.weightsBytes / 1e9],
    ['drafter', memory.drafterBytes / 1e9],
    ['activations', memory.activationBytes / 1e9],
    ['KV cache', memory.availableBytes / 1e9],
  ];
  return {
    title: `Memory of one GPU: ${memory.kvBlocks} KV blocks`,
    columns: [{ name: 'part' }, { name: 'size', unit: 'GB' }, { name: 'origin' }],
    rows: gigabytes.map(([name, size]) => [name, size, 'modelled']),
  };
}

function originTable({ origins }: Estimate): Table {
  return {
    title: 'Where the numbers come from',
    columns: [{ name: 'operator' }, { name: 'origin' }, { name: 'source' }],
    rows: Object.entries(origins).map(([name, { kind, source }]) => [name, kind, source]),
  };
}

/** What the longest operator is, and how many tokens a step must give to pay. */
function findings(scenario: Scenario, result: Estimate, plain: Estimate): string[] {
  const { timeNs } = result.totals.decode;
  const longest = [...result.decode].sort((a, b) => b.timeNs - a.timeNs)[0]!;
  const share = numberText((100 * longest.timeNs) / timeNs, 2);
  const why = `Why: ${longest.operator} takes ${share} % of the step and is bound by ${longest.bound}.`;
  const time = `${numberText(ms(timeNs))} ms a decode step`;
  if (scenario.speculation.method === 'none') return [`Result: ${time} without drafting.`, why];
  const even = timeNs / plain.totals.decode.timeNs;
  const against = `${numberText(ms(plain.totals.decode.timeNs))} ms without drafting`;
  return [
    `Result: ${time} against ${against}: drafting pays above ${numberText(even)} tokens per step.`,
    why,
  ];
}
