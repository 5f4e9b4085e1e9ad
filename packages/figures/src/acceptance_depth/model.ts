/**
 * Acceptance by kind of text and depth: how often at least d tokens of a draft are accepted, for
 * each profile of a drafting method at one shape, with the spread over requests and with where each
 * profile's numbers are from. All numbers are those of `acceptanceOf`, which a run draws from.
 *
 * Laws: survival does not rise with depth; tokens per step = 1 + Σ survival; the mean over the
 * classes of requests, weighted by their share of the steps, is the profile's survival.
 *
 * Example: survival 0.7, 0.5 gives 1 + 0.7 + 0.5 = 2.2 tokens a step.
 */
import {
  type AcceptanceProfile,
  type AcceptanceSetting,
  acceptanceOf,
  acceptanceProfile,
  type DraftMethodName,
  draftMethod,
  draftMethods,
  type Origin,
  parseScenario,
} from '@beamline/simulator';

export interface AcceptanceDepthInput {
  method: DraftMethodName;
  beams: number;
  draftLength: number;
  /** Kinds of text (chat, code, summarise, maths) or names of profiles; the four kinds without. */
  profiles?: readonly string[];
  /** What the reader changed, by the name in `profiles`. */
  edits?: Readonly<Record<string, AcceptanceEdit>>;
}

/**
 * `odds`: a factor on the odds of every draft token, 1 leaving them. `conditional`: acceptance of
 * each depth given all before it, at this shape; the last one holds for deeper tokens.
 */
export type AcceptanceEdit = { odds: number } | { conditional: readonly number[] };

export interface RequestClass {
  /** Share of all steps; sums to 1 over the classes. */
  stepShare: number;
  tokensPerStep: number;
  survival: number[];
}

export interface AcceptanceSeries {
  /** As asked for: `chat`, or a profile's name. */
  name: string;
  /** The profile that this name stands for with the method. */
  profile: string;
  origin: Origin;
  /** What the reader changed; null where nothing. */
  edit: AcceptanceEdit | null;
  /** Acceptance at depth d given all before it, d = 1 … draftLength. */
  conditional: number[];
  /** Probability that at least d draft tokens are accepted. */
  survival: number[];
  tokensPerStep: number;
  /** From the hardest requests to the easiest; one alone where requests do not differ. */
  classes: RequestClass[];
}

export interface AcceptanceDepth {
  input: AcceptanceDepthInput;
  method: string;
  /** Paper that describes the method. */
  source: string;
  /** 1 for methods that draft a chain, whatever was asked for; 0 without drafting. */
  beams: number;
  draftLength: number;
  /** Mean draft tokens that a step verifies, identical prefixes merged. */
  meanDraftTokens: number;
  series: AcceptanceSeries[];
  /** Methods that can be asked for, for a control. */
  methods: { name: DraftMethodName; label: string }[];
}

export const tasks = ['chat', 'code', 'summarise', 'maths'] as const;

/** Throws the simulator's input error for an unknown method or profile, or a wrong shape. */
export function acceptanceDepth(given: Partial<AcceptanceDepthInput> = {}): AcceptanceDepth {
  const input: AcceptanceDepthInput = {
    method: 'redrafter',
    beams: 4,
    draftLength: 4,
    ...given,
  };
  const method = draftMethod(input.method);
  const drafts = method.tree !== 'none' && input.beams > 0 && input.draftLength > 0;
  const names = drafts ? (input.profiles ?? tasks) : [];
  const series = names.map((name) => seriesOf(input, name));
  const shape = drafts ? shapeOf(input, names[0] ?? 'chat', null).shape : null;
  return {
    input,
    method: method.label,
    source: method.source,
    beams: shape?.beams ?? 0,
    draftLength: shape?.draftLength ?? 0,
    meanDraftTokens: shape?.meanDraftTokens ?? 0,
    series,
    methods: draftMethods
      .filter(({ tree }) => tree !== 'none')
      .map(({ name, label }) => ({ name, label })),
  };
}

function seriesOf(input: AcceptanceDepthInput, name: string): AcceptanceSeries {
  const edit = input.edits?.[name] ?? null;
  const { shape, classes, origin, profile } = shapeOf(input, name, edit);
  const survival = [...shape.survival];
  return {
    name,
    profile,
    origin,
    edit,
    conditional: survival.map((reached, d) => ratio(reached, d === 0 ? 1 : survival[d - 1]!)),
    survival,
    tokensPerStep: shape.tokensPerStep,
    classes: Array.from({ length: classes }, (_, c) => {
      const reached = [...shape.classSurvival(c)];
      return {
        stepShare: shape.classStepShare(c),
        tokensPerStep: reached.reduce((sum, share) => sum + share, 1),
        survival: reached,
      };
    }),
  };
}

function ratio(reached: number, before: number): number {
  return before === 0 ? 0 : reached / before;
}

/** The acceptance that a scenario of this method, shape and profile would draw from. */
function shapeOf(input: AcceptanceDepthInput, name: string, edit: AcceptanceEdit | null) {
  const named = acceptanceProfile(name, draftMethod(input.method));
  const { method, beams, draftLength } = input;
  const speculation = { method, beams, draftLength, acceptance: settingOf(named, name, edit) };
  const odds = edit !== null && 'odds' in edit ? edit.odds : 1;
  const scenario = parseScenario({ speculation }, 'acceptance by depth');
  const { acceptance, origin } = acceptanceOf(scenario, odds);
  return {
    shape: acceptance.shape(beams, draftLength),
    classes: acceptance.classes,
    profile: named.name,
    origin: edit === null ? named.origin : changedOrigin(named, edit, origin),
  };
}

/**
 * Acceptances that a reader states hold at this width as they are; requests go on to differ as the
 * profile says.
 */
function settingOf(
  named: AcceptanceProfile,
  name: string,
  edit: AcceptanceEdit | null,
): AcceptanceSetting {
  if (edit === null || 'odds' in edit) return name;
  return {
    name: named.name,
    origin: { kind: 'assumed', source: 'stated' },
    perDepth: [...edit.conditional],
    beamGain: 0,
    requestSpread: named.requestSpread,
  };
}

function changedOrigin(named: AcceptanceProfile, edit: AcceptanceEdit, origin: Origin): Origin {
  if ('odds' in edit && edit.odds === 1) return origin;
  const what =
    'odds' in edit
      ? `odds of acceptance times ${Number(edit.odds.toPrecision(3))}`
      : 'acceptance by depth stated here';
  return { kind: 'assumed', source: `${named.name}, ${what}` };
}
