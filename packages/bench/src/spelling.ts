/** The nearest allowed spelling of a name, in the words that the command uses everywhere. */
import { suggestion } from '@beamline/kernels/suites';

/** ` Did you mean "simt"?`, or ` Known: reference, simt, cuda.` */
export function didYouMean(given: string, allowed: readonly string[]): string {
  const found = /^did you mean '(.*)'\?$/.exec(suggestion(given, allowed));
  return found === null ? ` Known: ${allowed.join(', ')}.` : ` Did you mean "${found[1]}"?`;
}
