import { exp } from '../../base/exact-math.ts';
import { emptyStepShape, type StepCost, type StepShape } from '../../cost/index.ts';
import type { Candidate } from './candidate.ts';
import { Load } from './load.ts';

/** Up to so many rows a step's time is interpolated between whole numbers of them. */
const FEW_ROWS = 32;

/** Lengths of prompts around their mean, as shares of it. */
const SPREADS = [0.625, 0.875, 1.125, 1.375];
const ONE_LENGTH = [1];
/** Candidates that are looked at closely. */
const FINALISTS = 12;

/**
 * Picks the candidate with the highest rate of output tokens in the steady state of the moment.
 *
 * Prompts come in lumps, and every output token brings the same share of them whatever is drafted:
 * a draft that gives more tokens a step brings the next prompt sooner. With n requests, τ tokens
 * per step and r context chunks per output token, a step holds λ = r·n·τ chunks in the mean; as
 * they come independently of each other, a share p = 1 − e^(−λ) of the steps holds any, λ/p of
 * them:
 *
 *   rate = n·τ / ((1 − p)·T(no chunk) + p·T(λ/p chunks)).
 *
 * A step's time rises in stairs, as a matrix product pays for whole tiles. Prompts differ in
 * length, so that their steps stand anywhere on a stair: T(λ/p chunks) is the mean over lengths
 * around the mean one. Leaving the chunks out makes verification look free in steps that a prompt
 * has already filled.
 *
 * Everything that the choice depends on is first rounded to buckets, and the choice is a function
 * of the buckets alone: it can be kept, and does not depend on what was asked before.
 */
export class BestRate {
  readonly candidates: readonly Candidate[];
  readonly load = new Load();
  readonly #cost: StepCost;
  readonly #chosen = new Map<number, number>();
  readonly #shape: StepShape = emptyStepShape();
  /** The state of the bucket that is being decided. */
  #requests = 0;
  #kvTokens = 0;
  #tokensPerChunk = 0;
  #attended = 0;

  constructor(candidates: readonly Candidate[], cost: StepCost) {
    this.candidates = candidates;
    this.#cost = cost;
  }

  choose(): number {
    const load = this.load;
    if (load.requests === 0) return 0;
    const kv = bucket(load.kvTokensPerRequest, 2);
    // Chunks that a step would hold at one token per request, in 1/1024.
    const chunks = bucket(load.chunksPerToken * load.requests * 1024, 2);
    const tokens = chunks === 0 ? 0 : bucket(load.tokensPerChunk, 1);
    const attended = chunks === 0 ? 0 : bucket(load.attendedPerToken, 1);
    const key = (((load.requests * 256 + kv) * 128 + chunks) * 128 + tokens) * 64 + attended;
    let choice = this.#chosen.get(key);
    if (choice === undefined) {
      this.#requests = load.requests;
      this.#kvTokens = Math.round(bucketValue(kv, 2) * load.requests);
      this.#tokensPerChunk = bucketValue(tokens, 1);
      this.#attended = bucketValue(attended, 1);
      choice = this.#best(bucketValue(chunks, 2) / 1024);
      this.#chosen.set(key, choice);
    }
    return choice;
  }

  /** All candidates by a quick rate; the few best of them by the full one. */
  #best(chunksPerStep: number): number {
    const { candidates } = this;
    if (chunksPerStep === 0) return this.#highest(candidates.keys(), 0, ONE_LENGTH);
    const quick = candidates.map((candidate) => this.#rate(candidate, chunksPerStep, ONE_LENGTH));
    const order = quick.map((_, index) => index).sort((a, b) => quick[b]! - quick[a]! || a - b);
    // In the order of the candidates, so that of equals the plainer one is taken.
    const few = order.slice(0, FINALISTS).sort((a, b) => a - b);
    return this.#highest(few, chunksPerStep, SPREADS);
  }

  #highest(indices: Iterable<number>, chunksPerStep: number, spreads: readonly number[]): number {
    let best = 0;
    let bestRate = 0;
    for (const index of indices) {
      const rate = this.#rate(this.candidates[index]!, chunksPerStep, spreads);
      if (rate > bestRate) {
        bestRate = rate;
        best = index;
      }
    }
    return best;
  }

  /** Output tokens per ns and request; `chunksPerStep` is that at one token per request. */
  #rate(candidate: Candidate, chunksPerStep: number, spreads: readonly number[]): number {
    const tokens = 1 + candidate.meanAccepted;
    const alone = this.#timeNs(candidate, 0);
    const chunks = chunksPerStep * tokens;
    if (chunks === 0) return tokens / alone;
    const share = 1 - exp(-chunks);
    let sum = 0;
    for (const spread of spreads) sum += this.#timeNs(candidate, (spread * chunks) / share);
    return tokens / (alone + share * (sum / spreads.length - alone));
  }

  #timeNs(candidate: Candidate, chunks: number): number {
    const shape = this.#shape;
    const tokens = Math.round(chunks * this.#tokensPerChunk);
    shape.contextChunks = Math.round(chunks);
    shape.contextTokens = tokens;
    shape.contextPairs = Math.round(tokens * this.#attended);
    // A prompt whose tokens attend to half of it in the mean is twice that long.
    shape.contextKvTokens = Math.max(tokens, Math.round(2 * this.#attended * chunks));
    shape.contextLast = shape.contextChunks;
    fillGeneration(shape, candidate, this.#requests, this.#kvTokens);
    const rows = this.#requests * (1 + candidate.meanDraftTokens);
    const excess = rows - Math.floor(rows);
    if (rows > FEW_ROWS || excess === 0) return this.#cost.timeNs(shape);
    // Among few rows one more can load another expert's weights: half a row costs half of that.
    shape.generationRows = Math.floor(rows);
    const below = this.#cost.timeNs(shape);
    shape.generationRows++;
    return below + excess * (this.#cost.timeNs(shape) - below);
  }
}

/**
 * The generation side of a step in which `requests` requests verify and draft what `candidate`
 * says.
 */
export function fillGeneration(
  shape: StepShape,
  candidate: Candidate,
  requests: number,
  kvTokens: number,
): void {
  shape.generationRequests = requests;
  shape.generationRows = requests + Math.round(requests * candidate.meanDraftTokens);
  shape.generationKvTokens = kvTokens;
  shape.draftRequests = candidate.beams === 0 ? 0 : requests;
  shape.beams = candidate.beams;
  shape.draftLength = candidate.draftLength;
  shape.draftKvTokens = candidate.beams === 0 ? 0 : kvTokens;
  shape.movedTokens = candidate.beams > 1 ? Math.round(requests * candidate.meanAccepted) : 0;
  shape.prunedFrom = requests * candidate.nodesPerRequest;
}

/** Number of the bucket of a value ≥ 0, with 2^bitsPerOctave buckets an octave; 0 below one. */
export function bucket(value: number, bitsPerOctave: number): number {
  const scaled = Math.min(value * (1 << bitsPerOctave), 0x7fffffff) | 0;
  if (scaled < 1 << bitsPerOctave) return 0;
  const octave = 31 - Math.clz32(scaled) - bitsPerOctave;
  return 1 + (octave << bitsPerOctave) + ((scaled >>> octave) & ((1 << bitsPerOctave) - 1));
}

/** The middle of a bucket. */
export function bucketValue(index: number, bitsPerOctave: number): number {
  if (index === 0) return 0;
  const steps = 1 << bitsPerOctave;
  const octave = (index - 1) >> bitsPerOctave;
  const fraction = (index - 1) & (steps - 1);
  return ((steps + fraction + 0.5) / steps) * (1 << octave);
}
