/**
 * Whole engines: time per output token in a closed loop, and throughput at maximum load, both by
 * the closed form of the steady state; leaving one model out; and with another GPU's curves.
 */
import { errorsOf, fitFigures } from '../calibration/curve-fit.ts';
import { engineParts, engineSubject, type PreparedPoint } from '../calibration/engine-fit.ts';
import {
  type EnginePoint,
  fullScenario,
  heldInFlight,
  pointEngine,
  pointScenario,
  pointText,
} from '../calibration/engine-points.ts';
import { relativeError, summarise } from '../calibration/errors.ts';
import type { EngineSpec } from '../cost/engine.ts';
import { StepCost, steadyState } from '../cost/index.ts';
import { type Hardware, hardwareOf } from '../hardware/index.ts';
import {
  type EvidencePoint,
  type EvidenceRow,
  type Part,
  rowOf,
  rowsByGroup,
  totalRow,
} from './evidence.ts';

const TPOT = { target: { median: 0.06 }, source: 'aiconfigurator, end-to-end points on H100' };
const MAX_LOAD = {
  target: { median: 0.1 },
  source: 'TensorRT-LLM documentation, performance overview (trtllm-bench, maximum load)',
};

export interface EngineEvidence {
  readonly rows: EvidenceRow[];
  readonly transfers: EvidenceRow[];
  readonly points: EvidencePoint[];
}

function evidenceOf(
  point: EnginePoint,
  quantity: string,
  part: Part,
  predicted: number,
): EvidencePoint {
  const { gpu, model, engine, measured } = point;
  const scenario = pointScenario(point);
  const cell = pointText(point);
  return { quantity, gpu, model, engine, part, cell, measured, predicted, scenario };
}

/** Steady state of a point on an engine, with as many requests as its cache holds. */
export function steadyOf(point: EnginePoint, engine: EngineSpec, cost = new StepCost(engine)) {
  const batch = heldInFlight(engine, point, fullScenario(point).serving);
  const { inputTokens, outputTokens } = point;
  return steadyState(cost, { batch, inputTokens, outputTokens });
}

export function tpotEvidence(points: readonly EnginePoint[]): EngineEvidence {
  const evidence = (['tensorrt-llm', 'vllm'] as const).flatMap((engine) => {
    const { fit, heldOut } = engineParts(points, engine, {});
    const predict = engineSubject(false).predictor({});
    const as = (part: Part) => (row: PreparedPoint) => {
      return evidenceOf(row.point, 'time per output token, ms', part, predict(row) / 1e6);
    };
    return [...fit.rows.map(as('fitted')), ...heldOut.map(as('held out'))];
  });
  const held = evidence.filter(({ part }) => part === 'held out');
  return {
    rows: [...totalRow(evidence, 'held out', TPOT), ...rowsByGroup(evidence, TPOT)],
    transfers: withoutOneModel(points),
    points: held,
  };
}

/** TensorRT-LLM's overheads fitted without a model, and judged on that model alone. */
function withoutOneModel(points: readonly EnginePoint[]): EvidenceRow[] {
  const parts = engineParts(points, 'tensorrt-llm', {});
  const subject = engineSubject(true);
  return parts.fit
    .withoutEach(({ point }) => point.model)
    .map(({ group, fit }) => {
      const judged = [...parts.fit.rows, ...parts.heldOut].filter(({ point }) => {
        return point.model === group;
      });
      const errors = errorsOf(subject, fitFigures(subject, fit), judged);
      return rowOf(
        {
          quantity: 'time per output token, ms',
          gpu: 'h100-sxm',
          model: group,
          engine: 'tensorrt-llm',
          part: 'foreign',
          ...TPOT,
          note: 'overheads fitted on the other model alone',
        },
        summarise(errors),
      );
    });
}

export function maxLoadEvidence(points: readonly EnginePoint[]): EngineEvidence {
  const costs = new Map<string, StepCost>();
  const evidence = points.map((point) => {
    const engine = pointEngine(point);
    const key = [point.gpu, point.model, point.isFp8, point.tensorParallel].join(' ');
    const cost = costs.get(key) ?? new StepCost(engine);
    costs.set(key, cost);
    const { outputTokensPerSecond } = steadyOf(point, engine, cost);
    const quantity = 'output tokens/s at maximum load';
    return evidenceOf(point, quantity, 'foreign', outputTokensPerSecond);
  });
  return {
    rows: [...totalRow(evidence, 'foreign', MAX_LOAD), ...rowsByGroup(evidence, MAX_LOAD)],
    transfers: transferRows(points),
    points: evidence,
  };
}

/** A GPU with the achieved shares of another one, to its own peaks. */
function asIfUnmeasured(hardware: Hardware, like: Hardware): Hardware {
  const curve = (type: 'bf16' | 'fp8' | 'int8' | 'int4') => {
    const { overheadNs, memoryShare, computeShare, innerElements, fillTiles } = like.gemm[type];
    const shape = { overheadNs, memoryShare, computeShare, innerElements, fillTiles };
    return { ...hardware.gemm[type], ...shape };
  };
  return {
    ...hardware,
    gemm: { bf16: curve('bf16'), fp8: curve('fp8'), int8: curve('int8'), int4: curve('int4') },
    contextAttention: like.contextAttention,
    generationAttention: like.generationAttention,
  };
}

function transferRows(points: readonly EnginePoint[]): EvidenceRow[] {
  const pairs = [
    ['a100-sxm', 'h100-sxm'],
    ['h100-sxm', 'a100-sxm'],
  ] as const;
  return pairs.flatMap(([gpu, like]) => {
    const judged = points.filter((point) => point.gpu === gpu);
    if (judged.length === 0) return [];
    const errors = judged.map((point) => {
      const engine = pointEngine(point);
      const hardware = asIfUnmeasured(engine.hardware, hardwareOf(like));
      const { outputTokensPerSecond } = steadyOf(point, { ...engine, hardware });
      return relativeError(outputTokensPerSecond, point.measured);
    });
    return rowOf(
      {
        quantity: 'output tokens/s at maximum load',
        gpu,
        model: 'all',
        engine: 'tensorrt-llm',
        part: 'foreign',
        ...MAX_LOAD,
        note: `with the operator curves of ${like}`,
      },
      summarise(errors),
    );
  });
}
