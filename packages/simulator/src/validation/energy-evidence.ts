/**
 * Wall power of MLPerf submissions. The cost model gives the GPUs' power; what fans, processors and
 * converters draw is one figure per GPU, fitted on one row and judged on the others.
 */
import { relativeError } from '../calibration/errors.ts';
import type { MeasuredTable } from '../calibration/measured-table.ts';
import { engineOf, memoryPlan, StepCost, steadyState } from '../cost/index.ts';
import { type PartialScenario, parseScenario } from '../scenario/index.ts';
import { type EvidencePoint, type EvidenceRow, rowsByGroup, totalRow } from './evidence.ts';

const GPUS = 8;
/** Mean lengths of the OpenOrca set that MLPerf serves with Llama 2 70B, recalled. */
const LENGTHS = { inputTokens: 294, outputTokens: 295 };
const MODELS: Readonly<Record<string, string>> = {
  'llama2-70b-99': 'llama-2-70b',
  'mixtral-8x7b': 'mixtral-8x7b',
};
const FITTED = 'llama2-70b-99 Offline';

interface PowerRow {
  readonly name: string;
  readonly model: string;
  readonly wallW: number;
}

function scenarioOf(model: string): PartialScenario {
  return {
    model,
    hardware: { gpu: 'h200-sxm', tensorParallel: 1, replicas: GPUS },
    precision: { weights: 'fp8', kv: 'fp8' },
    serving: { maxBatchSize: 1024 },
    speculation: { method: 'none' },
    workload: {
      kind: 'closed-loop',
      concurrency: 1024 * GPUS,
      inputTokens: { kind: 'constant', value: LENGTHS.inputTokens },
      outputTokens: { kind: 'constant', value: LENGTHS.outputTokens },
    },
  };
}

/** Watts of one GPU under full load. */
function gpuWatts(model: string): number {
  const scenario = parseScenario(scenarioOf(model), 'MLPerf');
  const engine = engineOf(scenario);
  const { kvCacheFraction, tokensPerBlock, maxNumTokens, maxBatchSize } = scenario.serving;
  const memory = memoryPlan(engine, kvCacheFraction, tokensPerBlock, maxNumTokens);
  const { inputTokens, outputTokens } = LENGTHS;
  const held = Math.floor((memory.kvBlocks * tokensPerBlock) / (inputTokens + outputTokens));
  const batch = Math.max(1, Math.min(maxBatchSize, held));
  return steadyState(new StepCost(engine), { batch, ...LENGTHS }).joulesPerSecond;
}

export function energyEvidence(table: MeasuredTable): {
  rows: EvidenceRow[];
  points: EvidencePoint[];
} {
  const rows = table.map((row): PowerRow | null => {
    const model = MODELS[table.text(row, 'model')];
    if (model === undefined || !table.text(row, 'system').startsWith('H200')) return null;
    const name = `${table.text(row, 'model')} ${table.text(row, 'scenario')}`;
    return { name, model, wallW: table.number(row, 'avg_wall_watts') };
  });
  const fitted = rows.find(({ name }) => name === FITTED);
  if (fitted === undefined) return { rows: [], points: [] };
  const hostW = fitted.wallW / GPUS - gpuWatts(fitted.model);
  const points = rows.map(({ name, model, wallW }): EvidencePoint => {
    return {
      quantity: 'wall power, W',
      gpu: 'h200-sxm',
      model,
      engine: 'tensorrt-llm',
      part: name === FITTED ? 'fitted' : 'held out',
      cell: name,
      measured: wallW,
      predicted: GPUS * (gpuWatts(model) + hostW),
      scenario: scenarioOf(model),
    };
  });
  const worst = Math.max(...points.map((p) => Math.abs(relativeError(p.predicted, p.measured))));
  const fields = {
    target: { median: 0.15 },
    source: 'MLPerf inference v4.1 power logs, 8 × H200 in a power-saving setting',
    note:
      `GPU power modelled, ${hostW.toFixed(0)} W per GPU beside it fitted on one row; ` +
      `worst ${(100 * worst).toFixed(1)} %; GPT-J has no model here`,
  };
  return {
    rows: [...totalRow(points, 'held out', fields), ...rowsByGroup(points, fields)],
    points: points.filter(({ part }) => part !== 'fitted'),
  };
}
