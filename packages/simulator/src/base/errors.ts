/**
 * Errors that are a user's to mend. The command maps `code` to its exit code and prints the message
 * alone: what was given, what is allowed, the nearest right spelling.
 */
export class BeamlineError extends Error {
  /** `input`: exit 2 · `infeasible`: exit 3 (does not fit, not supported). */
  readonly code: 'input' | 'infeasible';

  constructor(code: 'input' | 'infeasible', message: string) {
    super(message);
    this.name = 'BeamlineError';
    this.code = code;
  }
}

export function inputError(message: string): BeamlineError {
  return new BeamlineError('input', message);
}

export function infeasibleError(message: string): BeamlineError {
  return new BeamlineError('infeasible', message);
}

/** Levenshtein distance, bounded by the lengths of two short names. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * The nearest allowed spelling, or null when nothing is near: `nearest('beems', ['beams', 'seed'])`
 * is `'beams'`.
 */
export function nearest(given: string, allowed: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const candidate of allowed) {
    const distance = editDistance(given.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` Did you mean "beams"?`, or nothing. */
export function didYouMean(given: string, allowed: readonly string[]): string {
  const guess = nearest(given, allowed);
  return guess === null ? '' : ` Did you mean "${guess}"?`;
}
