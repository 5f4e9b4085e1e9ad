import { numberText } from '@beamline/figures';
import {
  type Estimate,
  estimate,
  hardwareOf,
  MeasuredOperators,
  type OperatorCost,
  type PartialScenario,
  type Scenario,
  setValue,
} from '@beamline/simulator';
import type { Context } from '../context.ts';
import { readMeasured } from '../measured-kernels.ts';
import type { Result } from '../result.ts';
import type { Table } from '../table.ts';
import { commandLine, sameScenario } from '../words.ts';

/** `beamline estimate`: one decode step and one prefill, by operator. */
export async function estimateCommand(context: Context<'estimate'>): Promise<Result> {
  const { given, complete } = context.scenarioInput();
  const scenario = complete(given);
  const { batch, kvTokens, contextTokens } = context.values;
  const records = readMeasured(context, scenario);
  const options = {
    ...(records === null ? {} : { measured: new MeasuredOperators(records) }),
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
      memoryTable(result, scenario),
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
      line.origin.extrapolated ? `${line.origin.kind}, extrapolated` : line.origin.kind,
    ]);
  return {
    title:
      `One decode step of ${batch} requests, ${numberText(rowsPerRequest)} rows each, ` +
      `${kvTokens} past tokens; ` +
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
      ...steadyRow(plain),
    ],
  };
}

/** What a token takes while others are prefilled, in place of a step's own time. */
function steadyRow({ steady }: Estimate): (string | number | null)[][] {
  if (steady === null) return [];
  const name = 'a token without drafting, with the prefills of a full batch';
  return [[name, ms(steady.tpotNs), null, null, null, 'modelled']];
}

function memoryTable({ memory }: Estimate, scenario: Scenario): Table {
  const { weightsBytes, drafterBytes, activationBytes, kvBytesPerToken, kvBlocks } = memory;
  const kvBytes = kvBlocks * scenario.serving.tokensPerBlock * kvBytesPerToken;
  const gpu = hardwareOf(scenario.hardware.gpu);
  const parts: [string, number, string][] = [
    ['weights', weightsBytes, 'modelled'],
    ['drafter', drafterBytes, 'modelled'],
    ['activations', activationBytes, 'modelled'],
    ['KV cache', kvBytes, 'modelled'],
    ['the whole GPU', gpu.memoryBytes, gpu.origins.memoryBytes?.kind ?? 'assumed'],
  ];
  return {
    title: `Memory of one GPU: ${kvBlocks} KV blocks`,
    columns: [{ name: 'part' }, { name: 'size', unit: 'GB' }, { name: 'origin' }],
    rows: parts.map(([name, bytes, origin]) => [name, bytes / 1e9, origin]),
  };
}

/** One line a source, with the operators that rest on it. */
function originTable({ origins }: Estimate): Table {
  const bySource = new Map<string, { kind: string; source: string; operators: string[] }>();
  for (const [operator, { kind, source }] of Object.entries(origins)) {
    const key = `${kind} ${source}`;
    const entry = bySource.get(key) ?? { kind, source, operators: [] };
    entry.operators.push(operator);
    bySource.set(key, entry);
  }
  return {
    title: 'Where the numbers come from',
    columns: [{ name: 'origin' }, { name: 'source' }, { name: 'operators' }],
    rows: [...bySource.values()].map(({ kind, source, operators }) => [
      kind,
      source,
      operators.join(' '),
    ]),
  };
}

/** What the longest operator is, and how many tokens a step must give to pay. */
function findings(scenario: Scenario, result: Estimate, plain: Estimate): string[] {
  const { timeNs } = result.totals.decode;
  const longest = [...result.decode].sort((a, b) => b.timeNs - a.timeNs)[0]!;
  const share = numberText((100 * longest.timeNs) / timeNs, 2);
  const most = `${longest.operator} takes ${share} % of the step`;
  const why = `Why: ${most} and is bound by ${longest.bound}.`;
  const time = `${numberText(ms(timeNs))} ms a decode step`;
  if (scenario.speculation.method === 'none') return [`Result: ${time} without drafting.`, why];
  const even = timeNs / plain.totals.decode.timeNs;
  const against = `${numberText(ms(plain.totals.decode.timeNs))} ms without drafting`;
  return [
    `Result: ${time} against ${against}: drafting pays above ${numberText(even)} tokens ` +
      `per step, and gives ${numberText(result.setting.tokensPerStep)}.`,
    why,
  ];
}
