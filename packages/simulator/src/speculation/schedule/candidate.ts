import { randomAt } from '../../base/random.ts';
import type { Acceptance } from '../acceptance.ts';
import type { ShapeAcceptance } from '../shape-acceptance.ts';

/**
 * One thing that a schedule may choose: draft nothing, draft a shape and verify all of it, or draft
 * a shape and verify the nodes whose survival passes a threshold.
 */
export interface Candidate {
  /** 0 when nothing is drafted. */
  readonly beams: number;
  readonly draftLength: number;
  readonly shape: ShapeAcceptance | null;
  /** Nodes kept per difficulty class; null when the whole tree is verified. */
  readonly keptByClass: Int32Array | null;
  /** Mean over requests: draft tokens that are verified, and how many of them are accepted. */
  readonly meanDraftTokens: number;
  readonly meanAccepted: number;
  /** Nodes per request that pruning looks at; 0 without pruning. */
  readonly nodesPerRequest: number;
}

export function noDraft(): Candidate {
  return {
    beams: 0,
    draftLength: 0,
    shape: null,
    keptByClass: null,
    meanDraftTokens: 0,
    meanAccepted: 0,
    nodesPerRequest: 0,
  };
}

/** The whole tree of a shape is verified. */
export function draftEverything(shape: ShapeAcceptance): Candidate {
  return {
    beams: shape.beams,
    draftLength: shape.draftLength,
    shape,
    keptByClass: null,
    meanDraftTokens: shape.meanDraftTokens,
    meanAccepted: shape.tokensPerStep - 1,
    nodesPerRequest: 0,
  };
}

/**
 * Only the nodes with a survival of at least `threshold` are verified. A child's survival is never
 * above its parent's, so that the kept nodes are closed under ancestors by themselves.
 */
export function pruned(
  shape: ShapeAcceptance,
  acceptance: Acceptance,
  threshold: number,
): Candidate {
  const keptByClass = new Int32Array(acceptance.classes);
  const weights = stepWeights(shape, acceptance);
  let meanDraftTokens = 0;
  let meanAccepted = 0;
  let nodes = 0;
  for (let c = 0; c < acceptance.classes; c++) {
    const survival = shape.nodeSurvival(c);
    let kept = 0;
    let accepted = 0;
    while (kept < survival.length && survival[kept]! >= threshold) accepted += survival[kept++]!;
    keptByClass[c] = kept;
    meanDraftTokens += weights[c]! * kept;
    meanAccepted += weights[c]! * accepted;
    nodes = Math.max(nodes, survival.length);
  }
  return {
    beams: shape.beams,
    draftLength: shape.draftLength,
    shape,
    keptByClass,
    meanDraftTokens,
    meanAccepted,
    nodesPerRequest: nodes,
  };
}

/**
 * Share of steps that requests of each class take: harder ones give fewer tokens and so take more
 * steps.
 */
function stepWeights(shape: ShapeAcceptance, acceptance: Acceptance): Float64Array {
  const SAMPLES = 4096;
  const weights = new Float64Array(acceptance.classes);
  for (let i = 0; i < SAMPLES; i++) {
    const index = acceptance.classOf((i + 0.5) / SAMPLES);
    weights[index] = weights[index]! + 1;
  }
  let total = 0;
  for (let c = 0; c < weights.length; c++) {
    let tokensPerStep = 1;
    for (const survival of shape.nodeSurvival(c)) tokensPerStep += survival;
    weights[c] = weights[c]! / tokensPerStep;
    total += weights[c]!;
  }
  return weights.map((weight) => weight / total);
}

/**
 * Draft tokens that a request of a class brings into its next step. `key` and `step` name the draw.
 */
export function draftTokensOf(
  candidate: Candidate,
  acceptanceClass: number,
  key: number,
  step: number,
): number {
  if (candidate.shape === null) return 0;
  if (candidate.keptByClass !== null) return candidate.keptByClass[acceptanceClass]!;
  return candidate.shape.sampleDraftTokens(randomAt(~key, step));
}

const BEAMS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/**
 * Every shape up to the bounds: beam counts from a fixed ladder (and the bound itself), each draft
 * length.
 */
export function candidateShapes(
  bounds: { beams: number; draftLength: number },
  acceptance: Acceptance,
): ShapeAcceptance[] {
  const beams = BEAMS.filter((count) => count < bounds.beams).concat(bounds.beams);
  return beams.flatMap((count) =>
    Array.from({ length: bounds.draftLength }, (_, i) => acceptance.shape(count, i + 1)),
  );
}
