import { workloadCatalogue } from '@beamline/fixtures';
import { didYouMean } from '../base/errors.ts';
import type { AcceptanceSetting, DraftSchedule, LengthDistribution } from './scenario.ts';
import { type Field, type FieldKind, MAX_BEAMS, MAX_DRAFT_LENGTH } from './schema.ts';

/**
 * Checks one field's value and returns it in its plain form. A checker never throws: it reports
 * each problem with its path, so that all problems of a scenario are told at once.
 */

export interface Problem {
  path: string;
  message: string;
}

export type Report = (path: string, message: string) => void;

/** The largest share that a lognormal's p99 can have of its mean is e^(z²/2), z = 2.3263: 14.97. */
const LOGNORMAL_P99_TO_MEAN = 14.9;
const MAX_LENGTH_TOKENS = 100_000_000;
const MAX_INLINE_DEPTH = 12;
const MAX_INLINE_VALUES = 10_000;
const MAX_LIST = 1024;
const REFUSED_KEYS = ['__proto__', 'constructor', 'prototype'];

const DISTRIBUTION_FORMS =
  `constant:N, uniform:MIN:MAX, lognormal:MEAN:P99, empirical:P=N,…, from-trace, or one of ` +
  Object.keys(workloadCatalogue).join(', ');

/** A given value as a message shows it: short, one line. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') {
    return `a ${typeof value}`;
  }
  if (typeof value === 'string') {
    const text = JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
    return `the text ${text}`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    const shown = keys.slice(0, 4).join(', ');
    return `an object {${shown}${keys.length > 4 ? ', …' : ''}}`;
  }
  return String(value);
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** What a field accepts, in words: `an integer from 1 to 64`. */
export function allowed(kind: FieldKind, unit?: string): string {
  const orNull = 'nullable' in kind && kind.nullable ? ', or null' : '';
  const inUnit = unit === undefined ? '' : ` (${unit})`;
  switch (kind.kind) {
    case 'integer':
      return `an integer from ${kind.min} to ${kind.max}${inUnit}${orNull}`;
    case 'number': {
      const range = kind.above
        ? `above ${kind.min} and at most ${kind.max}`
        : `from ${kind.min} to ${kind.max}`;
      return `a number ${range}${inUnit}${orNull}`;
    }
    case 'boolean':
      return 'true or false';
    case 'enum':
      return `one of ${kind.choices.join(', ')}`;
    case 'string':
      return `a text${orNull}`;
    case 'reference':
      return 'a name, a path or an inline object';
    case 'distribution':
      return DISTRIBUTION_FORMS;
    case 'schedule':
      return 'fixed, adaptive, confidence, or rows maxBatch:beamsxdraftLength';
    case 'acceptance':
      return 'a profile name, a path, a list of survivals per depth, or a profile';
  }
}

/** The value in its plain form; problems go to `report`, and the value is then of no use. */
export function checkValue(path: string, field: Field, value: unknown, report: Report): unknown {
  const kind = field.value;
  const wrong = (hint = '') =>
    report(path, `must be ${allowed(kind, field.unit)} (got ${show(value)}).${hint}`);
  if (value === null && 'nullable' in kind && kind.nullable) return null;
  switch (kind.kind) {
    case 'integer':
    case 'number': {
      const number = checkNumber(kind, value);
      if (number === null) wrong();
      return number;
    }
    case 'boolean':
      if (typeof value !== 'boolean') wrong();
      return value;
    case 'enum':
      if (typeof value !== 'string') wrong();
      else if (!kind.choices.includes(value)) wrong(didYouMean(value, kind.choices));
      return value;
    case 'string':
      if (typeof value !== 'string') wrong();
      else checkText(path, value, report);
      return value;
    case 'reference':
      if (typeof value === 'string') checkText(path, value, report);
      else if (isPlainObject(value)) return checkInline(path, value, report);
      else wrong();
      return value;
    case 'distribution':
      return checkDistribution(path, kind.of, value, report);
    case 'schedule':
      return checkSchedule(path, value, report);
    case 'acceptance':
      return checkAcceptance(path, value, report);
  }
}

function checkNumber(
  kind: Extract<FieldKind, { kind: 'integer' | 'number' }>,
  value: unknown,
): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  if (kind.kind === 'integer' && !Number.isSafeInteger(value)) return null;
  if (value < kind.min || value > kind.max) return null;
  if (kind.kind === 'number' && kind.above && value === kind.min) return null;
  return value + 0 === 0 ? 0 : value; // −0 would not survive being written.
}

/** Texts must survive every spelling: no control characters, no half of a surrogate pair. */
export function checkText(path: string, value: string, report: Report): void {
  if (value.trim() === '') report(path, 'must not be empty.');
  else if (value !== value.trim()) report(path, `has spaces around it (got ${show(value)}).`);
  else if (/[\p{Cc}\p{Surrogate}\u2028\u2029\ufeff]/u.test(value)) {
    report(path, `has characters that are not text (got ${show(value)}).`);
  } else if (value.length > 4096) report(path, `is longer than 4096 characters.`);
}

/** Copies an inline object: plain JSON values only, no key that could reach a prototype. */
export function checkInline(
  path: string,
  value: Record<string, unknown>,
  report: Report,
): Record<string, unknown> {
  const budget = { left: MAX_INLINE_VALUES };
  return copyPlain(path, value, report, MAX_INLINE_DEPTH, budget) as Record<string, unknown>;
}

function copyPlain(
  path: string,
  value: unknown,
  report: Report,
  depth: number,
  budget: { left: number },
): unknown {
  if (budget.left-- <= 0 || depth === 0) {
    if (budget.left === -1 || depth === 0) report(path, 'is too large or too deep.');
    return null;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) report(path, 'has characters that are not text.');
    return value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) report(path, `must be a finite number (got ${value}).`);
    return value + 0 === 0 ? 0 : value;
  }
  if (Array.isArray(value)) {
    return value.map((item, i) => copyPlain(`${path}[${i}]`, item, report, depth - 1, budget));
  }
  if (!isPlainObject(value)) {
    report(path, `must be plain data (got ${show(value)}).`);
    return null;
  }
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (REFUSED_KEYS.includes(key)) report(`${path}.${key}`, 'is not a key that data may have.');
    else if (/[\p{Cc}\p{Surrogate}]/u.test(key) || key.length > 256) {
      report(path, 'has a key that is not a text of at most 256 characters.');
    } else copy[key] = copyPlain(`${path}.${key}`, value[key], report, depth - 1, budget);
  }
  return copy;
}

/** Reports unknown and missing keys of a small object; true when it has exactly the right ones. */
function hasKeys(
  path: string,
  value: Record<string, unknown>,
  required: readonly string[],
  optional: readonly string[],
  report: Report,
): boolean {
  const known = [...required, ...optional];
  let ok = true;
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    ok = false;
    report(
      `${path}.${key}`,
      `is not known here; allowed: ${known.join(', ')}.${didYouMean(key, known)}`,
    );
  }
  for (const key of required) {
    if (Object.hasOwn(value, key)) continue;
    ok = false;
    report(`${path}.${key}`, 'is missing.');
  }
  return ok;
}

function numberIn(
  path: string,
  value: unknown,
  kind: Extract<FieldKind, { kind: 'integer' | 'number' }>,
  report: Report,
): number {
  const number = checkNumber(kind, value);
  if (number === null) report(path, `must be ${allowed(kind)} (got ${show(value)}).`);
  return number ?? kind.min;
}

const tokens = { kind: 'integer', min: 1, max: MAX_LENGTH_TOKENS } as const;
const realTokens = { kind: 'number', min: 1, max: MAX_LENGTH_TOKENS } as const;

const distributionKeys: Record<LengthDistribution['kind'], readonly string[]> = {
  constant: ['kind', 'value'],
  uniform: ['kind', 'min', 'max'],
  lognormal: ['kind', 'mean', 'p99'],
  empirical: ['kind', 'quantiles'],
  'from-trace': ['kind'],
};

export const distributionKinds = Object.keys(distributionKeys) as LengthDistribution['kind'][];

function checkDistribution(
  path: string,
  of: 'inputTokens' | 'outputTokens',
  value: unknown,
  report: Report,
): LengthDistribution | null {
  if (typeof value === 'string' && Object.hasOwn(workloadCatalogue, value)) {
    return structuredClone(workloadCatalogue[value]![of]);
  }
  if (!isPlainObject(value)) {
    const names = [...Object.keys(workloadCatalogue), ...distributionKinds];
    const guess = typeof value === 'string' ? didYouMean(value, names) : '';
    const got = `(got ${show(value)}).${guess}`;
    report(path, `must be ${DISTRIBUTION_FORMS}, or such an object with kind ${got}`);
    return null;
  }
  const kind = value.kind as LengthDistribution['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(distributionKeys, kind)) {
    const guess = typeof kind === 'string' ? didYouMean(kind, distributionKinds) : '';
    const choices = distributionKinds.join(', ');
    report(`${path}.kind`, `must be one of ${choices} (got ${show(kind)}).${guess}`);
    return null;
  }
  if (!hasKeys(path, value, distributionKeys[kind], [], report)) return null;
  switch (kind) {
    case 'constant':
      return { kind, value: numberIn(`${path}.value`, value.value, tokens, report) };
    case 'uniform': {
      const min = numberIn(`${path}.min`, value.min, tokens, report);
      const max = numberIn(`${path}.max`, value.max, tokens, report);
      if (min > max) report(path, `has min above max (${min} > ${max}).`);
      return { kind, min, max };
    }
    case 'lognormal': {
      const mean = numberIn(`${path}.mean`, value.mean, realTokens, report);
      const p99 = numberIn(`${path}.p99`, value.p99, realTokens, report);
      if (p99 <= mean || p99 > LOGNORMAL_P99_TO_MEAN * mean) {
        const range = `above the mean and at most ${LOGNORMAL_P99_TO_MEAN} times it`;
        report(`${path}.p99`, `must be ${range} in a lognormal (got mean ${mean}, p99 ${p99}).`);
      }
      return { kind, mean, p99 };
    }
    case 'empirical':
      return checkQuantiles(`${path}.quantiles`, value.quantiles, report);
    case 'from-trace':
      return { kind };
  }
}

function checkQuantiles(path: string, value: unknown, report: Report): LengthDistribution | null {
  if (!Array.isArray(value) || value.length < 2 || value.length > MAX_LIST) {
    report(path, `must be 2 to ${MAX_LIST} pairs [probability, tokens] (got ${show(value)}).`);
    return null;
  }
  const quantiles: [number, number][] = [];
  const share = { kind: 'number', min: 0, max: 1 } as const;
  for (const [i, pair] of value.entries()) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      report(`${path}[${i}]`, `must be a pair [probability, tokens] (got ${show(pair)}).`);
      return null;
    }
    const p = numberIn(`${path}[${i}][0]`, pair[0], share, report);
    const length = numberIn(`${path}[${i}][1]`, pair[1], realTokens, report);
    const last = quantiles.at(-1);
    if (last !== undefined && !(p > last[0] && length >= last[1])) {
      report(`${path}[${i}]`, 'must rise: probabilities strictly, tokens never falling.');
    }
    quantiles.push([p, length]);
  }
  if (quantiles[0]![0] !== 0 || quantiles.at(-1)![0] !== 1) {
    report(path, 'must start at probability 0 and end at 1.');
  }
  return { kind: 'empirical', quantiles };
}

export const scheduleNames = ['fixed', 'adaptive', 'confidence'] as const;

function checkSchedule(path: string, value: unknown, report: Report): DraftSchedule | null {
  const names: readonly string[] = scheduleNames;
  if (typeof value === 'string' && names.includes(value)) return value as DraftSchedule;
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_LIST) {
    const guess = typeof value === 'string' ? didYouMean(value, names) : '';
    report(path, `must be ${allowed({ kind: 'schedule' })} (got ${show(value)}).${guess}`);
    return null;
  }
  const rows: Exclude<DraftSchedule, string> = [];
  for (const [i, row] of value.entries()) {
    const at = `${path}[${i}]`;
    if (!isPlainObject(row)) {
      report(at, `must be an object {maxBatch, beams, draftLength} (got ${show(row)}).`);
      return null;
    }
    if (!hasKeys(at, row, ['beams'], ['maxBatch', 'draftLength'], report)) return null;
    const next: (typeof rows)[number] = { beams: 0 };
    if (row.maxBatch !== undefined) {
      const batch = { kind: 'integer', min: 1, max: 65536 } as const;
      next.maxBatch = numberIn(`${at}.maxBatch`, row.maxBatch, batch, report);
    }
    const beams = { kind: 'integer', min: 0, max: MAX_BEAMS } as const;
    next.beams = numberIn(`${at}.beams`, row.beams, beams, report);
    if (row.draftLength !== undefined) {
      const length = { kind: 'integer', min: 1, max: MAX_DRAFT_LENGTH } as const;
      next.draftLength = numberIn(`${at}.draftLength`, row.draftLength, length, report);
    }
    const before = rows.at(-1);
    if (before !== undefined && !((before.maxBatch ?? Infinity) < (next.maxBatch ?? Infinity))) {
      report(at, 'must come in rising maxBatch; only the last row may leave it out.');
    }
    rows.push(next);
  }
  return rows;
}

function checkShares(path: string, value: unknown, report: Report): number[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_DRAFT_LENGTH) {
    report(path, `must be 1 to ${MAX_DRAFT_LENGTH} shares from 0 to 1 (got ${show(value)}).`);
    return [];
  }
  const share = { kind: 'number', min: 0, max: 1 } as const;
  return value.map((item, i) => numberIn(`${path}[${i}]`, item, share, report));
}

function checkAcceptance(path: string, value: unknown, report: Report): AcceptanceSetting | null {
  if (typeof value === 'string') {
    checkText(path, value, report);
    return value;
  }
  if (!isPlainObject(value)) {
    report(path, `must be ${allowed({ kind: 'acceptance' })} (got ${show(value)}).`);
    return null;
  }
  if (Object.keys(value).length === 1 && Object.hasOwn(value, 'perDepth')) {
    const survival = checkShares(`${path}.perDepth`, value.perDepth, report);
    if (survival.some((share, i) => share > (survival[i - 1] ?? 1))) {
      const meaning = 'the share of steps that accept at least 1, 2, … draft tokens';
      report(`${path}.perDepth`, `cannot rise: it is ${meaning}.`);
    }
    return { perDepth: survival };
  }
  const keys = ['name', 'origin', 'perDepth', 'beamGain', 'requestSpread'];
  if (!hasKeys(path, value, keys, [], report)) return null;
  const nonNegative = { kind: 'number', min: 0, max: 100 } as const;
  if (typeof value.name === 'string') checkText(`${path}.name`, value.name, report);
  else report(`${path}.name`, `must be a text (got ${show(value.name)}).`);
  return {
    name: value.name as string,
    origin: checkOrigin(`${path}.origin`, value.origin, report),
    perDepth: checkShares(`${path}.perDepth`, value.perDepth, report),
    beamGain: numberIn(`${path}.beamGain`, value.beamGain, nonNegative, report),
    requestSpread: numberIn(`${path}.requestSpread`, value.requestSpread, nonNegative, report),
  };
}

function checkOrigin(path: string, value: unknown, report: Report) {
  const kinds = ['measured', 'modelled', 'assumed'] as const;
  if (!isPlainObject(value) || !hasKeys(path, value, ['kind', 'source'], [], report)) {
    if (!isPlainObject(value)) report(path, `must be {kind, source} (got ${show(value)}).`);
    return { kind: 'assumed' as const, source: '' };
  }
  const kind = kinds.find((name) => name === value.kind);
  if (kind === undefined) {
    report(`${path}.kind`, `must be one of ${kinds.join(', ')} (got ${show(value.kind)}).`);
  }
  if (typeof value.source === 'string') checkText(`${path}.source`, value.source, report);
  else report(`${path}.source`, `must be a text (got ${show(value.source)}).`);
  return { kind: kind ?? ('assumed' as const), source: String(value.source) };
}
