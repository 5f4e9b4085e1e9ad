/**
 * What is wrong with a case, with the field named. The bench shows it and ends with exit code 2,
 * because the fault is in the case, not in a kernel.
 */
export class CaseError extends Error {
  override readonly name = 'CaseError';
  /** Path of the field, such as `inputs.parent[3]`. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

/** Least number of letters to insert, drop, change or swap. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1]!;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      }
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** "did you mean 'x'?" for the nearest spelling, else the list of what is allowed. */
export function suggestion(given: string, allowed: readonly string[]): string {
  const near = allowed
    .map((name) => ({ name, off: distance(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.off - b.off)[0];
  if (near !== undefined && near.off <= Math.max(2, given.length / 3)) {
    return `did you mean '${near.name}'?`;
  }
  return `allowed: ${allowed.join(', ') || 'none'}`;
}
