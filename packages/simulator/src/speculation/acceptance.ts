import { inputError } from '../base/errors.ts';
import type { Origin } from '../run.ts';
import type { AcceptanceProfile, Scenario } from '../scenario/scenario.ts';
import { meanSurvival } from './mean-acceptance.ts';
import { type DraftMethod, draftMethod } from './methods.ts';
import { acceptanceProfile } from './profiles.ts';
import { classOffsets, classProbabilities } from './request-classes.ts';
import {
  DraftedShape,
  type ShapeAcceptance,
  type ShapeContext,
  UndraftedShape,
} from './shape-acceptance.ts';

/**
 * Acceptance as a process per request: a request draws its class once (how easy its text is to
 * guess), and every step of it draws how many draft tokens are accepted, from tables made once per
 * shape.
 */
export interface Acceptance {
  /** Number of request classes; 1 when requests do not differ. */
  readonly classes: number;
  /** The class of a request from one uniform number in (0, 1). */
  classOf(uniform: number): number;
  /**
   * Acceptance of a shape; 0 beams or 0 tokens stand for no drafting. The same object each time.
   */
  shape(beams: number, draftLength: number): ShapeAcceptance;
}

/** Most nodes of a draft that tables are made for. */
const MAX_DRAFT_TOKENS = 65536;

/** Acceptance of one method with one profile. */
export class ProfileAcceptance implements Acceptance {
  readonly classes: number;
  /** Probability of each class among requests. */
  readonly probability: Float64Array;
  readonly #context: ShapeContext;
  readonly #cumulative: Float64Array;
  readonly #shapes = new Map<number, ShapeAcceptance>();
  readonly #undrafted = new UndraftedShape();

  constructor(method: DraftMethod, profile: AcceptanceProfile, prefixDedup: boolean) {
    const offsets = classOffsets(profile.requestSpread);
    const { beams, draftLength } = method.defaultShape;
    const reference = meanSurvival(profile, Math.max(beams, 1), draftLength);
    const probability = classProbabilities(offsets, reference);
    this.classes = offsets.length;
    this.probability = probability;
    this.#context = { method, law: profile, offsets, probability, prefixDedup };
    let sum = 0;
    this.#cumulative = probability.map((p) => {
      sum += p;
      return sum;
    });
  }

  classOf(uniform: number): number {
    let at = 0;
    while (at < this.classes - 1 && uniform >= this.#cumulative[at]!) at++;
    return at;
  }

  shape(beams: number, draftLength: number): ShapeAcceptance {
    const tree = this.#context.method.tree;
    if (beams === 0 || draftLength === 0 || tree === 'none') return this.#undrafted;
    const width = tree === 'chain' ? 1 : beams;
    const key = width * MAX_DRAFT_TOKENS + draftLength;
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    checkShape(width, draftLength);
    const made = new DraftedShape(this.#context, width, draftLength);
    this.#shapes.set(key, made);
    return made;
  }
}

function checkShape(beams: number, draftLength: number) {
  for (const [name, value] of Object.entries({ beams, draftLength })) {
    if (!Number.isInteger(value) || value < 0) {
      throw inputError(`speculation.${name} must be a whole number from 0 (got ${value}).`);
    }
  }
  if (beams * draftLength > MAX_DRAFT_TOKENS) {
    throw inputError(
      `beams · draftLength must be at most ${MAX_DRAFT_TOKENS} (got ${beams} · ${draftLength}).`,
    );
  }
}

/**
 * The acceptance that a scenario asks for, and where its numbers are from; `oddsFactor` moves the
 * odds of every draft token. Input errors: an unknown method or profile (with the nearest
 * spelling), a profile that is not one.
 */
export function acceptanceOf(
  scenario: Scenario,
  oddsFactor = 1,
): { acceptance: Acceptance; origin: Origin } {
  const { speculation } = scenario;
  const method = draftMethod(speculation.method);
  if (method.tree === 'none') return { acceptance: noDrafting, origin: noDraftingOrigin };
  const named = acceptanceProfile(speculation.acceptance, method);
  const perDepth = named.perDepth.map((p) => withOdds(p, oddsFactor));
  const profile = oddsFactor === 1 ? named : { ...named, perDepth };
  return {
    acceptance: new ProfileAcceptance(method, profile, speculation.prefixDedup),
    origin: { ...profile.origin, source: `${profile.name}: ${profile.origin.source}` },
  };
}

/** Probability `p` with its odds times `factor`; 0 and 1 stay. */
export function withOdds(p: number, factor: number): number {
  if (p <= 0 || p >= 1) return p;
  return (p * factor) / (1 - p + p * factor);
}

const undrafted = new UndraftedShape();

const noDrafting: Acceptance = {
  classes: 1,
  classOf: () => 0,
  shape: () => undrafted,
};

const noDraftingOrigin: Origin = { kind: 'measured', source: 'exactly one token a step' };
