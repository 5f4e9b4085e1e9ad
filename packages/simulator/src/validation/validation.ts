/**
 * Every comparison of a prediction with a measurement, from the data folder's files. The same code
 * makes the stored summary (fixtures/published/validation.json) and what a user's own copy of the
 * data gives.
 */
import { maxLoadPoints, tpotPoints } from '../calibration/engine-points.ts';
import { MeasuredTable } from '../calibration/measured-table.ts';
import { type DataReader, type FittedSubject, fitOperators } from '../calibration/operator-fits.ts';
import type { SimulationPorts } from '../events/index.ts';
import { draftingEvidence } from './drafting-evidence.ts';
import { energyEvidence } from './energy-evidence.ts';
import { maxLoadEvidence, tpotEvidence } from './engine-evidence.ts';
import type { EvidencePoint, EvidenceRow, Fact } from './evidence.ts';
import { shapeFacts } from './facts.ts';
import { logEvidence } from './log-evidence.ts';
import { operatorEvidence } from './operator-evidence.ts';
import { simulatedEvidence } from './simulated-evidence.ts';

export interface Validation {
  readonly version: 1;
  readonly rows: EvidenceRow[];
  /** Leaving out one model or one GPU. */
  readonly transfers: EvidenceRow[];
  readonly facts: Fact[];
  /** For the picture: every end-to-end point that was not fitted to, and some of the operators'. */
  readonly points: EvidencePoint[];
  /** Files that were not there. */
  readonly absent: string[];
}

const LOG = 'vllm/RTX4090_Llama-3.1-8B/requests.jsonl';

type Evidence = Pick<Validation, 'rows' | 'points'> & { transfers?: EvidenceRow[] };

/** @param fitted where the operators were fitted already */
export function validate(
  read: DataReader,
  ports: SimulationPorts,
  fitted: readonly FittedSubject[] = fitOperators(read),
): Validation {
  const absent: string[] = [];
  const table = (path: string): MeasuredTable | null => {
    const text = read(path);
    if (text === null) absent.push(path);
    return text === null ? null : new MeasuredTable(path, text);
  };
  const parts: Evidence[] = [];
  const tpot = table('end_to_end/h100_ttft_tpot.csv');
  if (tpot !== null) {
    parts.push(tpotEvidence(tpotPoints(tpot)), simulatedEvidence(tpotPoints(tpot), ports));
  }
  const maxLoad = table('end_to_end/trtllm_max_load.csv');
  if (maxLoad !== null) parts.push(maxLoadEvidence(maxLoadPoints(maxLoad)));
  const energy = table('energy/mlperf_v4.1_llm_power.csv');
  if (energy !== null) parts.push(energyEvidence(energy));
  const log = read(LOG);
  if (log === null) absent.push(LOG);
  else parts.push(logEvidence(log, ports));
  if (fitted.length === 0) absent.push('operators/');
  parts.push(operatorEvidence(fitted), draftingEvidence());
  return {
    version: 1,
    rows: parts.flatMap(({ rows }) => rows).map(rounded),
    transfers: parts.flatMap(({ transfers }) => transfers ?? []).map(rounded),
    facts: shapeFacts(ports),
    points: parts.flatMap(({ points }) => points).map(roundedPoint),
    absent,
  };
}

/** Four decimals of a share, five digits of a value: what a file keeps of it. */
function rounded(row: EvidenceRow): EvidenceRow {
  const share = (value: number) => Math.round(value * 1e4) / 1e4 + 0;
  return { ...row, median: share(row.median), p90: share(row.p90), bias: share(row.bias) };
}

function roundedPoint(point: EvidencePoint): EvidencePoint {
  const digits = (value: number) => Number(value.toPrecision(5));
  return { ...point, measured: digits(point.measured), predicted: digits(point.predicted) };
}
