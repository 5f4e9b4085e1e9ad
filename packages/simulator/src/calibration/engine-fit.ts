/**
 * An engine's overheads from measured times per output token, through the closed form of
 * cost/steady-state.ts; for the first engine also the rate of an all-reduce in the switch, which
 * no table of stand-alone collectives shows.
 */
import type { EngineSpec } from '../cost/engine.ts';
import { StepCost, steadyState } from '../cost/index.ts';
import type { EngineName } from '../scenario/scenario.ts';
import { type CurveFit, type Figures, fitCurve, type Subject } from './curve-fit.ts';
import {
  type EnginePoint,
  fullScenario,
  heldInFlight,
  pointEngine,
  pointKey,
} from './engine-points.ts';
import { type Split, split } from './split.ts';

/** A point with what does not depend on the figures that are fitted. */
export interface PreparedPoint {
  readonly point: EnginePoint;
  readonly engine: EngineSpec;
  readonly batch: number;
  /** Points with the same replica share their step costs. */
  readonly replica: string;
}

function prepared(point: EnginePoint): PreparedPoint {
  const engine = pointEngine(point);
  const { gpu, model, isFp8, tensorParallel } = point;
  return {
    point,
    engine,
    batch: heldInFlight(engine, point, fullScenario(point).serving),
    replica: `${gpu} ${model} ${isFp8} ${tensorParallel}`,
  };
}

/**
 * Bookkeeping of a request takes a compiled scheduler a few microseconds, an interpreted one a few
 * times as many; without the bound a fit on at most 128 requests would hide other work in it.
 */
const overheads = (mostPerRequestNs: number) => ({
  perStepNs: { start: 300_000, least: 50_000, most: 3_000_000 },
  perLayerNs: { start: 4_000, least: 500, most: 20_000 },
  perRequestNs: { start: 3_000, least: 500, most: mostPerRequestNs },
});

const inSwitch = {
  reduceBytesPerSecond: { start: 250e9, least: 150e9, most: 450e9 },
  twoShotNs: { start: 12_000, least: 2_000, most: 30_000 },
};

export function engineSubject(withLink: boolean): Subject<PreparedPoint> {
  return {
    free: withLink ? { ...overheads(5_000), ...inSwitch } : overheads(20_000),
    measuredNs: ({ point }) => point.measured * 1e6,
    groupOf: ({ replica }) => replica,
    axesOf: ({ point, batch }) => ({
      tensorParallel: point.tensorParallel,
      batch,
      inputTokens: point.inputTokens,
      outputTokens: point.outputTokens,
    }),
    predictor: (figures) => {
      const costs = new Map<string, StepCost>();
      return ({ point, engine, batch, replica }) => {
        let cost = costs.get(replica);
        if (cost === undefined) {
          cost = new StepCost(withFigures(engine, figures));
          costs.set(replica, cost);
        }
        const { inputTokens, outputTokens } = point;
        return steadyState(cost, { batch, inputTokens, outputTokens }).tpotNs;
      };
    },
  };
}

export function withFigures(engine: EngineSpec, figures: Figures): EngineSpec {
  const { reduceBytesPerSecond, twoShotNs, ...host } = figures;
  const { link } = engine.hardware;
  const changed = {
    ...link,
    reduceBytesPerSecond: reduceBytesPerSecond ?? link.reduceBytesPerSecond,
    twoShotNs: twoShotNs ?? link.twoShotNs,
  };
  return {
    ...engine,
    overheads: { ...engine.overheads, ...host },
    hardware: { ...engine.hardware, link: changed },
  };
}

export interface EngineFit extends CurveFit {
  readonly engine: EngineName;
}

/** Fits TensorRT-LLM with the link, then vLLM with the link that came out. */
export function fitEngines(points: readonly EnginePoint[]): EngineFit[] {
  const parts = engineParts(points, 'tensorrt-llm', {});
  const first = fitCurve(engineSubject(true), parts);
  const { reduceBytesPerSecond, twoShotNs } = first.figures;
  const link = { reduceBytesPerSecond: reduceBytesPerSecond!, twoShotNs: twoShotNs! };
  const second = fitCurve(engineSubject(false), engineParts(points, 'vllm', link));
  return [
    { engine: 'tensorrt-llm', ...first },
    { engine: 'vllm', ...second },
  ];
}

/** One engine's points, parted; `link` is laid over their hardware. */
export function engineParts(
  points: readonly EnginePoint[],
  engine: EngineName,
  link: Figures,
): Split<PreparedPoint> {
  const rows = points
    .filter((point) => point.engine === engine)
    .map(prepared)
    .map((row) => ({ ...row, engine: withFigures(row.engine, link) }));
  return split(rows, ({ point }) => pointKey(point));
}
