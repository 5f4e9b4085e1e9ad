/**
 * The event simulation on some of the points that the closed form is judged on: the prefill that
 * in-flight batching mixes into decode steps comes from its own steps here.
 */
import {
  type EnginePoint,
  fullScenario,
  pointKey,
  pointScenario,
  pointText,
} from '../calibration/engine-points.ts';
import { split } from '../calibration/split.ts';
import { type SimulationPorts, simulate } from '../events/index.ts';
import { type EvidencePoint, type EvidenceRow, rowsByGroup } from './evidence.ts';

/** Points that are simulated, and how many rounds of requests each. */
const EVERY = 9;
const ROUNDS = 6;
/** Clients do not answer in lockstep: outputs are spread this far around their mean. */
const SPREAD = 0.25;

export function simulatedEvidence(
  points: readonly EnginePoint[],
  ports: SimulationPorts,
): { rows: EvidenceRow[]; points: EvidencePoint[] } {
  const own = points.filter(({ engine }) => engine === 'tensorrt-llm');
  const { heldOut } = split(own, pointKey);
  const evidence = heldOut
    .filter((_, i) => i % EVERY === 0)
    .map((point): EvidencePoint => {
      const scenario = fullScenario(point);
      const requests = ROUNDS * (point.concurrency ?? 1);
      const outputTokens = {
        kind: 'uniform',
        min: Math.round(point.outputTokens * (1 - SPREAD)),
        max: Math.round(point.outputTokens * (1 + SPREAD)),
      } as const;
      const workload = { ...scenario.workload, requests, outputTokens };
      const run = simulate({ ...scenario, workload }, ports, { withBaseline: false });
      return {
        quantity: 'time per output token, event simulation, ms',
        gpu: point.gpu,
        model: 'all',
        engine: point.engine,
        part: 'held out',
        cell: pointText(point),
        measured: point.measured,
        predicted: run.metrics.tpotMs.mean,
        scenario: pointScenario(point),
      };
    });
  const fields = {
    target: { median: 0.06 },
    source: 'aiconfigurator, end-to-end points on H100',
    note: `every ${EVERY}th held-out point, ${ROUNDS} rounds of requests, lengths ± 25 %`,
  };
  return { rows: rowsByGroup(evidence, fields), points: evidence };
}
