/**
 * The loop that the first figures share: beams are drafted, packed into a tree, verified, the
 * accepted tokens committed, and the next step starts at the bonus token. The drafter and the
 * target are toys; tree, mask, verification and commit are the operators' references. A state is an
 * input: the same input gives the same step, so that an address can hold it.
 *
 * Law: the committed tokens of step n + 1 are those of step n and what step n emitted.
 */
import { packTree } from '@beamline/kernels/reference';
import { verifyRules } from '../verify_accept/rules.ts';
import { emitted } from '../verify_accept/verify.ts';
import { BEAMS_MAX, DRAFT_LENGTH_MAX, presets } from './presets.ts';
import { readRows } from './rows.ts';
import { type LoopInput, type LoopStep, STEPS_MAX } from './step.ts';
import { texts } from './texts.ts';
import { draftBeams, type ToyText, toyText } from './toy.ts';

const whole = (value: number, most: number) =>
  Number.isFinite(value) ? Math.min(most, Math.max(0, Math.trunc(value))) : 0;

/** An input within the limits, whatever an address says. */
export function checkedInput(given: LoopInput): LoopInput {
  return {
    preset: Object.hasOwn(presets, given.preset) ? given.preset : 'code',
    typed: given.typed === null ? null : given.typed.slice(0, 4000),
    beams: whole(given.beams, BEAMS_MAX),
    draftLength: whole(given.draftLength, DRAFT_LENGTH_MAX),
    seed: whole(given.seed, 4294967295),
    rule: verifyRules.includes(given.rule) ? given.rule : 'greedy',
    step: whole(given.step, STEPS_MAX),
  };
}

export function loopStep(given: LoopInput): LoopStep {
  const input = checkedInput(given);
  let step = firstStep(input);
  for (let done = 0; done < input.step && step.beams > 0; done++) {
    step = draftedStep(input, step.text, [...step.committed, ...emitted(step, done)]);
  }
  return step;
}

function firstStep(input: LoopInput): LoopStep {
  const preset = presets[input.preset];
  const lines = input.typed ?? preset.rows;
  if (lines === null) {
    const text = toyText(texts[preset.text], preset.prompt.split(' '));
    return draftedStep(input, text, tokensOf(text, preset.prompt.split(' ')));
  }
  const { rows, ...leftOut } = readRows(lines);
  const isTyped = input.typed !== null;
  const learnt = isTyped ? rows.flat().join(' ') : texts[preset.text];
  const text = toyText(learnt, [...rows.flat(), ...(isTyped ? [] : preset.prompt.split(' '))]);
  const before = isTyped ? rows.slice(0, 1).flatMap((row) => row.slice(0, 1)) : null;
  const committed = tokensOf(text, before ?? preset.prompt.split(' '));
  const shown = rows
    .slice(0, input.beams)
    .map((row) => tokensOf(text, row.slice(0, input.draftLength + 1)));
  return stepOf({
    input,
    text,
    committed,
    isDrafted: false,
    beamsMax: rows.length,
    draftLengthMax: Math.max(0, (rows[0]?.length ?? 1) - 1),
    leftOut,
    rows: shown,
    scores: [],
  });
}

function tokensOf(text: ToyText, words: readonly string[]): number[] {
  return words.map((word) => text.words.indexOf(word));
}

const NOTHING_LEFT_OUT = { beamsLeftOut: 0, wordsLeftOut: 0, hasAddedRoot: false };

function draftedStep(input: LoopInput, text: ToyText, committed: readonly number[]): LoopStep {
  // A beam needs a word of its own at the first step.
  const beams = Math.min(input.beams, text.words.length);
  const { rows, scores } = draftBeams(text, committed, beams, input.draftLength);
  return stepOf({
    input,
    text,
    committed,
    isDrafted: true,
    beamsMax: Math.min(BEAMS_MAX, text.words.length),
    draftLengthMax: DRAFT_LENGTH_MAX,
    leftOut: NOTHING_LEFT_OUT,
    // Without a drafted token all beams are the same.
    rows: input.draftLength === 0 ? rows.slice(0, 1) : rows,
    scores: input.draftLength === 0 ? scores.slice(0, 1) : scores,
  });
}

type Parts = Omit<LoopStep, 'beams' | 'positions' | 'tokens' | 'tree'> & { rows: number[][] };

function stepOf({ rows, ...parts }: Parts): LoopStep {
  const tokens = rows.flat();
  const positions = rows[0]?.length ?? 0;
  const tree = packTree(Int32Array.from(tokens), rows.length, positions);
  return { ...parts, beams: rows.length, positions, tokens, tree };
}
