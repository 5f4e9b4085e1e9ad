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
  const { classes } = acceptance;
  const keptByClass = new Int32Array(classes);
  const accepted = new Float64Array(classes);
  let nodesPerRequest = 0;
  for (let c = 0; c < classes; c++) {
    const survival = shape.nodeSurvival(c);
    let kept = 0;
    while (kept < survival.length && survival[kept]! >= threshold) {
      accepted[c] = accepted[c]! + survival[kept++]!;
    }
    keptByClass[c] = kept;
    nodesPerRequest = Math.max(nodesPerRequest, survival.length);
  }
  const shares = stepShares(acceptance, accepted);
  let meanDraftTokens = 0;
  let meanAccepted = 0;
  for (let c = 0; c < classes; c++) {
    meanDraftTokens += shares[c]! * keptByClass[c]!;
    meanAccepted += shares[c]! * accepted[c]!;
  }
  const { beams, draftLength } = shape;
  return { beams, draftLength, shape, keptByClass, meanDraftTokens, meanAccepted, nodesPerRequest };
}

/**
 * Share of the steps that each class takes when its steps accept so many draft tokens in the mean:
 * requests of all classes give equally many tokens, so that those with few a step take more steps.
 */
function stepShares(acceptance: Acceptance, accepted: Float64Array): Float64Array {
  const weights = classShares(acceptance).map((share, c) => share / (1 + accepted[c]!));
  let total = 0;
  for (const weight of weights) total += weight;
  return weights.map((weight) => weight / total);
}

const SAMPLES = 4096;
const sharesOf = new WeakMap<Acceptance, Float64Array>();

/** Share of the requests in each class. */
function classShares(acceptance: Acceptance): Float64Array {
  let shares = sharesOf.get(acceptance);
  if (shares === undefined) {
    shares = new Float64Array(acceptance.classes);
    for (let i = 0; i < SAMPLES; i++) {
      const index = acceptance.classOf((i + 0.5) / SAMPLES);
      shares[index] = shares[index]! + 1 / SAMPLES;
    }
    sharesOf.set(acceptance, shares);
  }
  return shares;
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
const LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 48, 64];

/** A depth that is reached less often than this gives less than it could ever be worth. */
const LEAST_SURVIVAL = 0.005;

/**
 * The shapes up to the bounds that are worth a look: beam counts and draft lengths from fixed
 * ladders (and the bounds themselves), no deeper than the text is ever guessed. A chain is the same
 * shape for any number of beams and stands once.
 */
export function candidateShapes(
  bounds: { beams: number; draftLength: number },
  acceptance: Acceptance,
): ShapeAcceptance[] {
  const upTo = (ladder: readonly number[], bound: number) =>
    ladder.filter((rung) => rung < bound).concat(bound);
  const shapes = new Set<ShapeAcceptance>();
  for (const beams of upTo(BEAMS, bounds.beams)) {
    for (const draftLength of upTo(LENGTHS, bounds.draftLength)) {
      const shape = acceptance.shape(beams, draftLength);
      shapes.add(shape);
      if (shape.survival.at(-1)! < LEAST_SURVIVAL) break;
    }
  }
  return [...shapes];
}
