/**
 * Which cases a command takes. What is printed as a case's id is accepted as a filter; `*` stands
 * for any letters, an operator's name alone for all of its cases.
 *
 * Example: `tree_attention/*_d128_*` takes the cases with heads of 128.
 */
import type { OperatorSuite } from '@beamline/kernels/suites';
import { inputError } from './error.ts';
import { didYouMean } from './spelling.ts';

/** The operators named, or all; an unknown name is refused with the nearest one. */
export function selectOperators(
  suites: readonly OperatorSuite[],
  names: readonly string[],
): OperatorSuite[] {
  const known = suites.map(({ operator }) => operator.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw inputError(`${name}: is not an operator.${didYouMean(name, known)}`);
  }
  const wanted = new Set(names);
  return suites.filter(({ operator }) => wanted.size === 0 || wanted.has(operator.name));
}

export type Filter = (id: string) => boolean;

/** Accepts an id that fits one of the patterns; all ids without patterns. */
export function filterOf(patterns: readonly string[]): Filter {
  if (patterns.length === 0) return () => true;
  const tests = patterns.map((pattern) => {
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
    return new RegExp(`^${escaped}${pattern.includes('/') ? '' : '/.*'}$`);
  });
  return (id) => tests.some((test) => test.test(id));
}

/** Refuses patterns that fit nothing, each with the nearest id. */
export function checkPatterns(patterns: readonly string[], ids: readonly string[]): void {
  for (const pattern of patterns) {
    if (ids.some(filterOf([pattern]))) continue;
    const operators = [...new Set(ids.map((id) => id.slice(0, id.indexOf('/'))))];
    const sameOperator = ids.filter((id) => id.startsWith(`${pattern.split('/')[0]}/`));
    const names = sameOperator.length > 0 ? sameOperator : operators;
    const hint = names.length <= 12 || sameOperator.length > 0 ? nearestOf(pattern, names) : '';
    throw inputError(`--filter ${pattern}: fits no case.${hint}`);
  }
}

function nearestOf(given: string, names: readonly string[]): string {
  const hint = didYouMean(given, names);
  return hint.startsWith(' Known') ? ` See beamline kernels list ${given.split('/')[0]}.` : hint;
}
