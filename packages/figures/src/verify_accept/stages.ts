/** The stages in which a verification is shown, and how its rows stand at each. */
import type { VerifyAccept } from './model.ts';

/** What is shown: nothing yet, the first `levels` decisions, the bonus, the commit. */
export interface Stage {
  readonly kind: 'start' | 'level' | 'bonus' | 'commit';
  /** Levels that are decided. */
  readonly levels: number;
}

export function stagesOf({ verified }: Pick<VerifyAccept, 'verified'>): Stage[] {
  const { levels, rule } = verified;
  if (verified.path.length === 0) return [{ kind: 'start', levels: 0 }];
  const decided = levels.map((_, i): Stage => ({ kind: 'level', levels: i + 1 }));
  // The last decision of a walk is the bonus; the published rule draws it apart.
  const bonus: Stage = { kind: 'bonus', levels: levels.length };
  const shown = rule === 'redrafter' ? [...decided, bonus] : [...decided.slice(0, -1), bonus];
  return [{ kind: 'start', levels: 0 }, ...shown, { kind: 'commit', levels: levels.length }];
}

/** Rows as they stand after the first `levels` decisions. */
export interface Standing {
  readonly accepted: ReadonlySet<number>;
  readonly rejected: ReadonlySet<number>;
  /** Rows that stood in a beam that another one won over. */
  readonly aside: ReadonlySet<number>;
}

export function standingAt({ step, verified }: VerifyAccept, stage: Stage): Standing {
  const accepted = new Set<number>(verified.path.length > 0 ? [0] : []);
  const rejected = new Set<number>();
  const { parent } = step.tree;
  for (const checks of verified.levels.slice(0, stage.levels)) {
    for (const { row, child, beam, token } of checks) {
      if (child >= 0) accepted.add(child);
      parent.forEach((above, other) => {
        const isMeant = beam < 0 || step.tree.tokens[other] === token;
        if (above === row && other !== child && isMeant) rejected.add(other);
      });
    }
  }
  // One beam's draw may accept what another's rejects.
  for (const row of accepted) rejected.delete(row);
  if (stage.kind === 'bonus' || stage.kind === 'commit') {
    const aside = [...accepted].filter((row) => !verified.path.includes(row));
    return { accepted: new Set(verified.path), rejected, aside: new Set(aside) };
  }
  return { accepted, rejected, aside: new Set() };
}
