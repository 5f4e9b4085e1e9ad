/**
 * The ReDrafter paper's speeds (arXiv 2403.09919 v5) against the model, in the paper's own stack:
 * PyTorch on one H100, whose host time is far above an engine's. Host and GPU overlap in part, so a
 * step takes the root of the sum of their squares.
 *
 * Table 3 says neither its beam length nor its tokens per step: 4 draft tokens are taken, one beam
 * accepts as in Table 4 (distilled), and 64 beams give the 4.20 tokens of Table 1, whose speedup
 * Table 3's best cell has. Left are three host and GPU times of the stack, fitted on the ends of
 * the table, 1 and 64 beams; the widths between, where the best ones lie, are predicted.
 */
import { type PublishedCell, publishedTables } from '@beamline/fixtures';
import { type Figures, fitFigures, type Subject } from '../calibration/curve-fit.ts';
import { splitByRule, splitSmall } from '../calibration/split.ts';
import { emptyStepShape, engineOf, StepCost } from '../cost/index.ts';
import { type PartialScenario, parseScenario } from '../scenario/index.ts';
import { type AcceptanceLaw, meanTokensPerStep } from '../speculation/mean-acceptance.ts';
import { draftMethod } from '../speculation/methods.ts';
import { acceptanceProfile } from '../speculation/profiles.ts';
import { rowSampler } from '../speculation/tree-rows.ts';
import { type EvidencePoint, type EvidenceRow, type Part, rowsByGroup } from './evidence.ts';

const DRAFT_LENGTH = 4;
/** Mean past of an MT-Bench answer half-way, assumed. */
const KV_TOKENS = 400;
const MOST_BEAMS = 64;
const BEST_TOKENS = 4.2;
/** Table 3's 110.64 tokens/s are Table 1's 2.80 times: 25.3 ms a plain step over 32 layers. */
const PLAIN_LAYER_NS = 780_000;

const profile = (name: string) => acceptanceProfile(name, draftMethod('redrafter'));

function cellsOf(id: string): readonly PublishedCell[] {
  return publishedTables.find((table) => table.id === id)!.cells;
}

function scenarioOf(model: string, batch: number, beams: number): PartialScenario {
  return {
    model,
    hardware: { gpu: 'h100-sxm', tensorParallel: 1 },
    serving: { maxBatchSize: batch },
    speculation: { method: 'redrafter', beams, draftLength: DRAFT_LENGTH },
    workload: { kind: 'closed-loop', concurrency: batch },
  };
}

/** Rows that each request verifies. */
function rowsOf(beams: number): number {
  return 1 + rowSampler('beam', beams, DRAFT_LENGTH, true).mean;
}

/** GPU time of one step without any host time; 0 beams: without drafting. */
function gpuNs(model: string, batch: number, beams: number): number {
  const scenario = parseScenario(scenarioOf(model, batch, Math.max(1, beams)), 'a published table');
  const engine = engineOf(scenario);
  const overheads = { ...engine.overheads, perStepNs: 0, perLayerNs: 0, perRequestNs: 0 };
  const shape = emptyStepShape();
  shape.generationRequests = batch;
  shape.generationRows = Math.round(batch * (beams === 0 ? 1 : rowsOf(beams)));
  shape.generationKvTokens = batch * KV_TOKENS;
  if (beams > 0) {
    shape.draftRequests = batch;
    shape.beams = beams;
    shape.draftLength = DRAFT_LENGTH;
  }
  return new StepCost({ ...engine, overheads }).timeNs(shape);
}

function overlapped(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}

/** The distilled drafter with a beam gain under which 64 beams give Table 1's tokens per step. */
export function table3Law(): AcceptanceLaw {
  const law = profile('vicuna-7b-mt-bench-distilled');
  let [low, high] = [0, 3];
  for (let i = 0; i < 50; i++) {
    const beamGain = (low + high) / 2;
    const tokens = meanTokensPerStep({ ...law, beamGain }, MOST_BEAMS, DRAFT_LENGTH);
    if (tokens < BEST_TOKENS) low = beamGain;
    else high = beamGain;
  }
  return { perDepth: law.perDepth, beamGain: low };
}

interface SpeedCell {
  readonly batch: number;
  readonly beams: number;
  readonly tokensPerStep: number;
  readonly rows: number;
  readonly gpuNs: number;
  readonly measured: number;
}

const stack: Subject<SpeedCell>['free'] = {
  perStepNs: { start: 30e6, least: 1e6, most: 200e6 },
  perRequestNs: { start: 0.6e6, least: 1e3, most: 10e6 },
  perRowNs: { start: 30e3, least: 100, most: 500e3 },
};

const speedSubject: Subject<SpeedCell> = {
  free: stack,
  measuredNs: ({ measured }) => 1e9 / measured,
  groupOf: ({ batch, beams }) => `${batch} ${beams}`,
  axesOf: ({ batch, beams }) => ({ batch, beams }),
  predictor: (figures) => (cell) => {
    const { batch, rows, tokensPerStep } = cell;
    const host = figures['perStepNs']! + figures['perRequestNs']! * batch;
    return overlapped(host, cell.gpuNs + figures['perRowNs']! * batch * rows) / tokensPerStep;
  },
};

/** Table 3 as it is and as it is predicted, cell by cell. */
export function table3(): { points: EvidencePoint[]; figures: Figures } {
  const law = table3Law();
  const cells = cellsOf('redrafter-paper-table-3').map((cell): SpeedCell => {
    const batch = cell.batch!;
    const beams = cell.beams!;
    return {
      batch,
      beams,
      tokensPerStep: meanTokensPerStep(law, beams, DRAFT_LENGTH),
      rows: rowsOf(beams),
      gpuNs: gpuNs('vicuna-7b', batch, beams),
      measured: cell.tokensPerSecond!,
    };
  });
  const { fit, heldOut } = splitByRule(
    cells,
    ({ beams }) => beams,
    (beams) => beams === 1 || beams === MOST_BEAMS,
  );
  const figures = fitFigures(speedSubject, fit);
  const predict = speedSubject.predictor(figures);
  const as =
    (part: Part) =>
    (cell: SpeedCell): EvidencePoint => ({
      quantity: 'tokens/s of a request, Table 3',
      gpu: 'h100-sxm',
      model: 'vicuna-7b',
      engine: 'PyTorch (paper)',
      part,
      cell: `batch ${cell.batch}, ${cell.beams} beams`,
      measured: cell.measured,
      predicted: 1e9 / predict(cell),
      scenario: scenarioOf('vicuna-7b', cell.batch, cell.beams),
    });
  return { points: [...fit.rows.map(as('fitted')), ...heldOut.map(as('held out'))], figures };
}

interface SpeedupCell {
  readonly model: string;
  readonly layers: number;
  readonly beams: number;
  readonly tokensPerStep: number;
  readonly plainNs: number;
  readonly draftNs: number;
  readonly measured: number;
  readonly text: string;
}

/** Speedup = tokens per step · plain step / step with a tree: one host time per layer is free. */
const speedupSubject: Subject<SpeedupCell> = {
  free: { perLayerNs: { start: 400_000, least: 10_000, most: 5_000_000 } },
  measuredNs: ({ measured }) => measured,
  groupOf: ({ text }) => text,
  axesOf: ({ beams }) => ({ beams }),
  predictor: (figures) => (cell) => {
    const { layers, plainNs, draftNs, tokensPerStep } = cell;
    const plainHost = PLAIN_LAYER_NS * layers;
    const plain = overlapped(plainHost, plainNs);
    const step = overlapped(plainHost + figures['perLayerNs']! * layers, draftNs);
    return (tokensPerStep * plain) / step;
  },
};

function speedupCell(
  model: string,
  layers: number,
  beams: number,
  tokensPerStep: number,
  cell: PublishedCell,
): SpeedupCell {
  return {
    model,
    layers,
    beams,
    tokensPerStep,
    plainNs: gpuNs(model, 1, 0),
    draftNs: gpuNs(model, 1, beams),
    measured: cell.speedup!,
    text: [cell.series, cell.task, `${beams} beams`].filter(Boolean).join(', '),
  };
}

const table1Models: Readonly<Record<string, readonly [model: string, layers: number]>> = {
  'ReDrafter Vicuna 7B': ['vicuna-7b', 32],
  'ReDrafter Vicuna 13B': ['vicuna-13b', 40],
  'ReDrafter Vicuna 33B': ['vicuna-33b', 60],
};

/** Tables 4 (a third of it fitted) and 1, whose tokens per step are taken as published. */
function speedups(): EvidencePoint[] {
  const table4 = cellsOf('redrafter-paper-table-4').map((cell) => {
    const isDistilled = cell.series === 'distilled';
    const law = profile(`vicuna-7b-mt-bench-${isDistilled ? 'distilled' : 'undistilled'}`);
    const tokens = meanTokensPerStep(law, cell.beams!, cell.draftLength!);
    return speedupCell('vicuna-7b', 32, cell.beams!, tokens, cell);
  });
  const table1 = cellsOf('redrafter-paper-table-1').flatMap((cell) => {
    const known = table1Models[cell.series];
    if (known === undefined) return [];
    return speedupCell(known[0], known[1], MOST_BEAMS, cell.tokensPerStep!, cell);
  });
  const { fit, heldOut } = splitSmall(table4, ({ text }) => text);
  const predict = speedupSubject.predictor(fitFigures(speedupSubject, fit));
  const as =
    (name: string, part: Part) =>
    (cell: SpeedupCell): EvidencePoint => ({
      quantity: `speedup, ${name}`,
      gpu: 'h100-sxm',
      model: cell.model,
      engine: 'PyTorch (paper)',
      part,
      cell: cell.text,
      measured: cell.measured,
      predicted: predict(cell),
      scenario: scenarioOf(cell.model, 1, cell.beams),
    });
  return [
    ...fit.rows.map(as('Table 4', 'fitted')),
    ...heldOut.map(as('Table 4', 'held out')),
    ...table1.map(as('Table 1', 'foreign')),
  ];
}

export function draftingEvidence(): { rows: EvidenceRow[]; points: EvidencePoint[] } {
  const speeds = table3().points;
  const gains = speedups();
  const source = 'Recurrent Drafter, arXiv 2403.09919 v5';
  const isOf = (name: string) => (point: EvidencePoint) => point.quantity.endsWith(name);
  return {
    rows: [
      ...rowsByGroup(speeds, {
        target: { median: 0.12, p90: 0.12 },
        source: `${source}, Table 3`,
        note: 'three times of the stack fitted on 1 and 64 beams; beam length not stated, 5 taken',
      }),
      ...rowsByGroup(gains.filter(isOf('Table 4')), {
        target: { median: 0.07 },
        source: `${source}, Table 4`,
        note: 'one host time per layer is fitted',
      }),
      ...rowsByGroup(gains.filter(isOf('Table 1')), {
        source: `${source}, Table 1`,
        note: 'shape not stated, 64 beams taken; tokens per step as published',
      }),
    ],
    points: [...speeds, ...gains].filter(({ part }) => part !== 'fitted'),
  };
}
