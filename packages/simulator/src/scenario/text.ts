import { workloadCatalogue } from '@beamline/fixtures';
import type { AcceptanceSetting, DraftSchedule, LengthDistribution } from './scenario.ts';
import type { Field, FieldKind } from './schema.ts';
import { distributionKinds, scheduleNames } from './values.ts';

/**
 * A field's value as one short text, for `--set`, flags and a page's address:
 * `lognormal:1000:4000` · `azure-chat` · `4:8x5,16:4x4,0` · `0.8,0.7,0.6` · `null` ·
 * `{"hidden_size":4096}`. Law: `parseText(formatText(value))` is the value again.
 */

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The value that a text spells, or the text itself where it spells none: the check that follows
 * then says what was given.
 */
export function parseText(field: Field, text: string): unknown {
  const kind = field.value;
  if (text === 'null' && 'nullable' in kind && kind.nullable) return null;
  switch (kind.kind) {
    case 'integer':
    case 'number':
      return numberOr(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'enum':
      return text;
    case 'string':
    case 'reference':
      return /^["{]/.test(text) ? jsonOr(text) : text;
    case 'distribution':
      return parseDistribution(text);
    case 'schedule':
      return parseSchedule(text);
    case 'acceptance':
      return parseAcceptance(text);
  }
}

/** The short text of a valid value. */
export function formatText(field: Field, value: unknown): string {
  const kind = field.value;
  if (value === null) return 'null';
  switch (kind.kind) {
    case 'integer':
    case 'number':
    case 'boolean':
    case 'enum':
      return String(value);
    case 'string':
    case 'reference':
      return typeof value === 'string' ? quotedIfNeeded(kind, value) : JSON.stringify(value);
    case 'distribution':
      return nameOfLengths(kind.of, value) ?? formatDistribution(value as LengthDistribution);
    case 'schedule':
      return formatSchedule(value as DraftSchedule);
    case 'acceptance':
      return formatAcceptance(value as AcceptanceSetting);
  }
}

function numberOr(text: string): unknown {
  return DECIMAL.test(text) ? Number(text) : text;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function quotedIfNeeded(kind: FieldKind, text: string): string {
  const looksOtherwise =
    /^["{[]/.test(text) || text === 'null' || (kind.kind === 'acceptance' && isList(text));
  return looksOtherwise ? JSON.stringify(text) : text;
}

function isList(text: string): boolean {
  return text.split(',').every((part) => DECIMAL.test(part));
}

function parseDistribution(text: string): unknown {
  if (text.startsWith('{')) return jsonOr(text);
  const [kind, ...rest] = text.split(':');
  if (!(distributionKinds as readonly string[]).includes(kind!)) {
    return kind !== text ? { kind } : text;
  }
  const number = (i: number) => numberOr(rest[i] ?? '');
  const shape = kind as LengthDistribution['kind'];
  if (shape === 'from-trace') return rest.length === 0 ? { kind } : text;
  if (shape === 'empirical') {
    const pairs = rest.join(':').split(',');
    return { kind, quantiles: pairs.map((pair) => pair.split('=').map(numberOr)) };
  }
  if (rest.length !== (shape === 'constant' ? 1 : 2)) return text;
  if (shape === 'constant') return { kind, value: number(0) };
  if (shape === 'uniform') return { kind, min: number(0), max: number(1) };
  return { kind, mean: number(0), p99: number(1) };
}

/** The name of the workload whose lengths these are, so that a command stays readable. */
function nameOfLengths(of: 'inputTokens' | 'outputTokens', value: unknown): string | null {
  const text = JSON.stringify(value);
  const found = Object.values(workloadCatalogue).find(
    (workload) => JSON.stringify(workload[of]) === text,
  );
  return found?.name ?? null;
}

function formatDistribution(value: LengthDistribution): string {
  switch (value.kind) {
    case 'constant':
      return `constant:${value.value}`;
    case 'uniform':
      return `uniform:${value.min}:${value.max}`;
    case 'lognormal':
      return `lognormal:${value.mean}:${value.p99}`;
    case 'empirical':
      return `empirical:${value.quantiles.map(([p, n]) => `${p}=${n}`).join(',')}`;
    case 'from-trace':
      return 'from-trace';
  }
}

function parseSchedule(text: string): unknown {
  if ((scheduleNames as readonly string[]).includes(text)) return text;
  if (text.startsWith('[')) return jsonOr(text);
  const rows = text.split(',').map((row) => /^(?:(\d+):)?(\d+)(?:x(\d+))?$/.exec(row));
  if (rows.includes(null)) return text;
  return rows.map((match) => ({
    ...(match![1] === undefined ? {} : { maxBatch: Number(match![1]) }),
    beams: Number(match![2]),
    ...(match![3] === undefined ? {} : { draftLength: Number(match![3]) }),
  }));
}

function formatSchedule(value: DraftSchedule): string {
  if (typeof value === 'string') return value;
  const rows = value.map((row) => {
    const bound = row.maxBatch === undefined ? '' : `${row.maxBatch}:`;
    return `${bound}${row.beams}${row.draftLength === undefined ? '' : `x${row.draftLength}`}`;
  });
  return rows.join(',');
}

function parseAcceptance(text: string): unknown {
  if (/^["{]/.test(text)) return jsonOr(text);
  if (text.startsWith('[')) return { perDepth: jsonOr(text) };
  return isList(text) ? { perDepth: text.split(',').map(Number) } : text;
}

function formatAcceptance(value: AcceptanceSetting): string {
  if (typeof value === 'string') return quotedIfNeeded({ kind: 'acceptance' }, value);
  return 'name' in value ? JSON.stringify(value) : value.perDepth.join(',');
}
