/**
 * The code of an error that is a scenario's or a user's, or null for any other. Read from the field
 * and not from the class: an error that comes from a worker has lost its class on the way.
 */
export function errorCode(error: unknown): 'input' | 'infeasible' | null {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return code === 'input' || code === 'infeasible' ? code : null;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
