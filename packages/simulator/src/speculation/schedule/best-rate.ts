import type { StepCost, StepShape } from '../../cost/index.ts';
import type { Candidate } from './candidate.ts';
import { Load } from './load.ts';

/**
 * Picks the candidate with the highest rate of output tokens in the steady state of the moment.
 *
 * Prompts come in lumps: most steps carry none. With n requests, τ tokens per step and q steps with
 * prompt work per output token, a share p = min(1, q·n·τ) of the steps carries a chunk, and
 *
 *   rate = n·τ / ((1 − p)·T(no chunk) + p·T(mean chunk)).
 *
 * The share grows with τ: a draft that gives more tokens brings the next prompt sooner. Leaving
 * this out makes verification look free in steps that a prompt has already filled.
 *
 * Everything that the choice depends on is first rounded to buckets (about 9 % wide), and the
 * choice is a function of the buckets alone: it can be kept, and does not depend on what was asked
 * before.
 */
export class BestRate {
  readonly candidates: readonly Candidate[];
  readonly load = new Load();
  readonly #cost: StepCost;
  readonly #chosen = new Map<number, number>();
  readonly #shape: StepShape = emptyShape();

  constructor(candidates: readonly Candidate[], cost: StepCost) {
    this.candidates = candidates;
    this.#cost = cost;
  }

  choose(): number {
    const load = this.load;
    if (load.requests === 0) return 0;
    const kv = bucket(load.kvTokensPerRequest, 3);
    const share = bucket(load.contextStepsPerToken * load.requests * 1024, 2);
    const chunk = share === 0 ? 0 : bucket(load.contextTokensPerStep, 2);
    const key = ((load.requests * 256 + kv) * 128 + share) * 128 + chunk;
    let choice = this.#chosen.get(key);
    if (choice === undefined) {
      choice = this.#best(load.requests, bucketValue(kv, 3), bucketValue(share, 2) / 1024, chunk);
      this.#chosen.set(key, choice);
    }
    return choice;
  }

  #best(requests: number, kvTokens: number, contextShare: number, chunk: number): number {
    const chunkTokens = bucketValue(chunk, 2);
    let best = 0;
    let bestRate = 0;
    for (let index = 0; index < this.candidates.length; index++) {
      const candidate = this.candidates[index]!;
      const tokens = requests * (1 + candidate.meanAccepted);
      const alone = this.#timeNs(candidate, requests, kvTokens, 0);
      let meanNs = alone;
      if (contextShare > 0 && chunkTokens > 0) {
        const p = Math.min(1, contextShare * (1 + candidate.meanAccepted));
        meanNs = (1 - p) * alone + p * this.#timeNs(candidate, requests, kvTokens, chunkTokens);
      }
      const rate = tokens / meanNs;
      if (rate > bestRate) {
        bestRate = rate;
        best = index;
      }
    }
    return best;
  }

  #timeNs(candidate: Candidate, requests: number, kvTokens: number, chunkTokens: number): number {
    const shape = this.#shape;
    const tokens = Math.round(chunkTokens);
    shape.contextChunks = tokens > 0 ? 1 : 0;
    shape.contextTokens = tokens;
    shape.contextPairs = (tokens * (tokens + 1)) / 2;
    shape.contextKvTokens = tokens;
    shape.contextLast = shape.contextChunks;
    fillGeneration(shape, candidate, requests, Math.round(kvTokens * requests));
    return this.#cost.timeNs(shape);
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

export function emptyShape(): StepShape {
  return {
    contextChunks: 0,
    contextTokens: 0,
    contextPairs: 0,
    contextKvTokens: 0,
    contextLast: 0,
    generationRequests: 0,
    generationRows: 0,
    generationKvTokens: 0,
    draftRequests: 0,
    beams: 0,
    draftLength: 0,
    draftKvTokens: 0,
    movedTokens: 0,
    prunedFrom: 0,
  };
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
