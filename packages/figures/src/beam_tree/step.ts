/**
 * One step of the loop and the input that it follows from: what the elements and their views read.
 * What computes it (loop.ts) brings the operators' references and is loaded when it is needed.
 */
import type { VerifyRule } from '../verify_accept/rules.ts';
import { type PresetName, presets } from './presets.ts';
import type { Rows } from './rows.ts';
import type { ToyText } from './toy.ts';

export interface LoopInput {
  preset: PresetName;
  /** Beams of the first step as typed, a line each; null = the preset's. */
  typed: string | null;
  beams: number;
  /** Drafted tokens per beam, without the certain one. */
  draftLength: number;
  seed: number;
  rule: VerifyRule;
  /** Steps done before the one shown. */
  step: number;
}

export interface LoopStep {
  readonly input: LoopInput;
  readonly text: ToyText;
  /** Tokens that are certain, the newest last; its KV is not in the cache yet. */
  readonly committed: readonly number[];
  /** Whether the toy drafter made the beams, or they were given. */
  readonly isDrafted: boolean;
  /** Most beams and drafted tokens that this step could show. */
  readonly beamsMax: number;
  readonly draftLengthMax: number;
  readonly leftOut: Omit<Rows, 'rows'>;
  readonly beams: number;
  /** Tokens of a beam, the certain one included. */
  readonly positions: number;
  /** Tokens of the beams, row-major [beams, positions]. */
  readonly tokens: readonly number[];
  /** Σ log q of each beam; empty where the beams were given. */
  readonly scores: readonly number[];
  readonly tree: TokenTreeRows;
}

/** The packed tree, as pack_beams gives it. */
export interface TokenTreeRows {
  readonly tokens: readonly number[];
  readonly depth: readonly number[];
  /** Row of the parent, −1 at the root. */
  readonly parent: readonly number[];
  /** Row of each beam position, row-major. */
  readonly unpack: readonly number[];
}

export function loopInput(preset: PresetName = 'code', more: Partial<LoopInput> = {}): LoopInput {
  const { beams, draftLength } = presets[preset];
  return { preset, typed: null, beams, draftLength, seed: 1, rule: 'greedy', step: 0, ...more };
}

/** Steps behind which the toy text has been followed long enough. */
export const STEPS_MAX = 24;

/** The word of a token. */
export function wordOf({ text }: Pick<LoopStep, 'text'>, token: number): string {
  return text.words[token] ?? '–';
}

/** Tokens from the root to a row, both included. */
export function prefixOf({ tree }: Pick<LoopStep, 'tree'>, row: number): number[] {
  const prefix: number[] = [];
  for (let at = row; at >= 0; at = tree.parent[at]!) prefix.unshift(tree.tokens[at]!);
  return prefix;
}
