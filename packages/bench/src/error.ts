/**
 * Errors that are the user's to mend. The command maps `code` to its exit code and prints the
 * message alone: what was given, what is allowed, the nearest right spelling.
 */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  /** `input`: exit 2 · `unsupported`: exit 3 (no such device here). */
  readonly code: 'input' | 'unsupported';

  constructor(code: 'input' | 'unsupported', message: string) {
    super(message);
    this.code = code;
  }
}

export function inputError(message: string): BenchError {
  return new BenchError('input', message);
}

export function unsupportedError(message: string): BenchError {
  return new BenchError('unsupported', message);
}
