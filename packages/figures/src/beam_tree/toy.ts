/**
 * Two toy language models over a fixed text: the next word by how often it followed the same words
 * before, backing off to shorter contexts. The target looks three words back, the drafter one. They
 * are toys, so that every number can be followed; all else is computed by the operators.
 *
 * Law: probabilities are positive and sum to 1, whatever the context.
 */
import { bestContinuations, log, softmax, topCandidates } from '@beamline/kernels/reference';

export interface ToyText {
  /** The vocabulary; a token is a place in it. */
  readonly words: readonly string[];
  readonly tokens: readonly number[];
}

/** How a toy model reads: words it looks back, and how much shorter contexts weigh. */
export interface ToyModel {
  readonly reach: number;
  readonly smoothing: number;
}

export const toyTarget: ToyModel = { reach: 3, smoothing: 0.4 };
export const toyDrafter: ToyModel = { reach: 1, smoothing: 1.2 };

/** Text in tokens; `more` are words that the vocabulary needs besides. */
export function toyText(text: string, more: readonly string[] = []): ToyText {
  const spelled = text.split(/\s+/).filter(Boolean);
  const words = [...new Set([...spelled, ...more])];
  const ids = new Map(words.map((word, token) => [word, token]));
  return { words, tokens: spelled.map((word) => ids.get(word)!) };
}

/** Whether the `count` words before place `at` are the last ones of the context. */
function follows(tokens: readonly number[], at: number, context: readonly number[], count: number) {
  for (let back = 1; back <= count; back++) {
    if (tokens[at - back] !== context[context.length - back]) return false;
  }
  return true;
}

/** Logits of the next word: (count + smoothing × shorter context) / (all counts + smoothing). */
export function toyLogits(
  { words, tokens }: ToyText,
  { reach, smoothing }: ToyModel,
  context: readonly number[],
): Float64Array {
  let probabilities = new Float64Array(words.length).fill(1 / words.length);
  for (let length = 0; length <= Math.min(reach, context.length); length++) {
    const counts = new Float64Array(words.length);
    let seen = 0;
    for (let at = length; at < tokens.length; at++) {
      if (!follows(tokens, at, context, length)) continue;
      counts[tokens[at]!]!++;
      seen++;
    }
    probabilities = counts.map(
      (count, token) => (count + smoothing * probabilities[token]!) / (seen + smoothing),
    );
  }
  return probabilities.map(log);
}

export function toyProbabilities(
  text: ToyText,
  model: ToyModel,
  context: readonly number[],
): Float64Array {
  return softmax(toyLogits(text, model, context), 0, text.words.length);
}

/** Logits below which the drafter keeps no word, as in the published code. */
const KEEP = 50;

export interface Drafted {
  /** Beams, best first, each with the certain token at its start. */
  readonly rows: number[][];
  /** Σ log q of each beam. */
  readonly scores: number[];
}

/** Beam search of the toy drafter from the last word of the context, which is certain. */
export function draftBeams(
  text: ToyText,
  context: readonly number[],
  beams: number,
  draftLength: number,
): Drafted {
  const vocab = text.words.length;
  let rows = Array.from({ length: beams }, () => [context.at(-1)!]);
  let scores = new Float64Array(beams);
  for (let step = 1; step <= draftLength; step++) {
    const candidates = rows.map((row) =>
      topCandidates(toyLogits(text, toyDrafter, [...context.slice(0, -1), ...row]), vocab, KEEP),
    );
    const values = Float64Array.from(candidates.flatMap(({ values: logs }) => logs));
    const best = bestContinuations(scores, values, vocab, step === 1);
    rows = best.map(({ flat }) => {
      const parent = Math.floor(flat / vocab);
      return [...rows[parent]!, candidates[parent]!.tokens[flat % vocab]!];
    });
    scores = Float64Array.from(best, ({ score }) => score);
  }
  return { rows, scores: Array.from(scores) };
}
