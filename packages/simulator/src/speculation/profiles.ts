import {
  type DrafterProfiles,
  type DrafterTask,
  drafterProfiles,
  drafterTasks,
} from '@beamline/fixtures';
import { didYouMean, inputError } from '../base/errors.ts';
import type { AcceptanceProfile, AcceptanceSetting } from '../scenario/scenario.ts';
import type { DraftMethod } from './methods.ts';

/**
 * From the scenario's `speculation.acceptance` to a profile: the name of a kind of text (chat,
 * code, summarise, maths), which stands for the method's own profile of it; the name of one
 * profile; a profile's content; or survival per depth.
 */

/** Most depths of a profile; deeper ones than given take the last entry. */
const MAX_DEPTHS = 1024;

/**
 * Every name that `speculation.acceptance` takes for a method, its own profiles before the others'.
 */
export function acceptanceNames(method: DraftMethod): string[] {
  const own = drafterProfiles.filter((drafter) => drafter.method === method.name);
  const others = drafterProfiles.filter((drafter) => drafter.method !== method.name);
  const names = [...own, ...others].flatMap((drafter) => drafter.profiles.map(({ name }) => name));
  return [...drafterTasks, ...names];
}

/** The profile that a setting means for a method; an input error that says what is allowed. */
export function acceptanceProfile(
  setting: AcceptanceSetting,
  method: DraftMethod,
): AcceptanceProfile {
  if (typeof setting === 'string') return namedProfile(setting, method);
  const isProfile = 'beamGain' in setting || 'requestSpread' in setting;
  if (isProfile) return checkedProfile(setting as AcceptanceProfile);
  return profileOfSurvival(setting.perDepth);
}

function namedProfile(name: string, method: DraftMethod): AcceptanceProfile {
  const own = drafterProfiles.find((drafter) => drafter.method === method.name);
  const task = drafterTasks.find((known) => known === name);
  if (own !== undefined && task !== undefined) return profileOfTask(own, task);
  for (const drafter of drafterProfiles) {
    const profile = drafter.profiles.find((known) => known.name === name);
    if (profile === undefined) continue;
    if (drafter === own) return profile;
    const source = `${profile.name} was made for ${drafter.method}, used for ${method.name}`;
    return { ...profile, origin: { kind: 'assumed', source } };
  }
  const names = acceptanceNames(method);
  throw inputError(
    `Unknown acceptance profile "${name}".${didYouMean(name, names)} Known: ${names.join(', ')}.`,
  );
}

function profileOfTask(drafter: DrafterProfiles, task: DrafterTask): AcceptanceProfile {
  const name = drafter.tasks[task];
  return drafter.profiles.find((profile) => profile.name === name)!;
}

/**
 * Survival given directly: `{ perDepth: [0.8, 0.6] }` says that at least one draft token is
 * accepted in 80 % of steps, at least two in 60 %, as engines report acceptance by position. It
 * holds as given for any number of beams, and for every request alike; deeper tokens keep the last
 * conditional acceptance.
 */
function profileOfSurvival(survival: readonly number[]): AcceptanceProfile {
  checkShares(survival);
  const perDepth = survival.map((share, i) => {
    const before = i === 0 ? 1 : survival[i - 1]!;
    if (share > before) {
      throw inputError(
        'speculation.acceptance.perDepth is the share of steps that accept at least 1, 2, … ' +
          `draft tokens and cannot rise: entry ${i + 1} is ${share} after ${before}.`,
      );
    }
    return before === 0 ? 0 : share / before;
  });
  return {
    name: 'given',
    origin: { kind: 'assumed', source: 'survival per depth given in the scenario' },
    perDepth,
    beamGain: 0,
    requestSpread: 0,
  };
}

function checkedProfile(profile: AcceptanceProfile): AcceptanceProfile {
  checkShares(profile.perDepth);
  for (const key of ['beamGain', 'requestSpread'] as const) {
    const value: unknown = profile[key];
    if (typeof value !== 'number' || !(value >= 0) || value > 100) {
      throw inputError(
        `speculation.acceptance.${key} must be a number from 0 to 100 (got ${String(value)}).`,
      );
    }
  }
  return profile;
}

function checkShares(shares: unknown) {
  const path = 'speculation.acceptance.perDepth';
  if (!Array.isArray(shares) || shares.length === 0 || shares.length > MAX_DEPTHS) {
    throw inputError(`${path} must be a list of 1 to ${MAX_DEPTHS} probabilities.`);
  }
  shares.forEach((share: unknown, i) => {
    if (typeof share !== 'number' || !(share >= 0 && share <= 1)) {
      throw inputError(`${path}[${i}] must be a probability from 0 to 1 (got ${String(share)}).`);
    }
  });
}
