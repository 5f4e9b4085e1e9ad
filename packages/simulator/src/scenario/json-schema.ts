import { workloadCatalogue } from '@beamline/fixtures';
import { defaultOf, type Field, type FieldKind, fields, scenarioPaths } from './schema.ts';
import { scheduleNames } from './values.ts';

/**
 * The table of fields as a JSON Schema (draft 2020-12), so that an editor completes and checks a
 * scenario file while it is written.
 */
export function scenarioJsonSchema(): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const path of scenarioPaths) {
    const field = fields[path] as Field;
    const unit = field.unit === undefined ? '' : ` Unit: ${field.unit}.`;
    const note = field.defaultNote === undefined ? '' : ` Default: ${field.defaultNote}.`;
    const schema = {
      ...kindSchema(field.value),
      description: `${field.help}${unit}${note}`,
      ...(typeof field.default === 'function' ? {} : { default: defaultOf(path, {}) }),
    };
    const [section, key] = path.split('.');
    if (key === undefined) {
      properties[path] = schema;
      continue;
    }
    properties[section!] ??= { type: 'object', additionalProperties: false, properties: {} };
    (properties[section!] as { properties: Record<string, unknown> }).properties[key] = schema;
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Beamline scenario',
    type: 'object',
    additionalProperties: false,
    properties,
  };
}

function kindSchema(kind: FieldKind): Record<string, unknown> {
  const orNull = (type: string) => ('nullable' in kind && kind.nullable ? [type, 'null'] : type);
  switch (kind.kind) {
    case 'integer':
      return { type: orNull('integer'), minimum: kind.min, maximum: kind.max };
    case 'number': {
      const low = kind.above ? { exclusiveMinimum: kind.min } : { minimum: kind.min };
      return { type: orNull('number'), ...low, maximum: kind.max };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'enum':
      return { enum: kind.choices };
    case 'string':
      return { type: orNull('string') };
    case 'reference':
      return { type: ['string', 'object'] };
    case 'distribution':
      return { oneOf: distributionSchemas() };
    case 'schedule':
      return { oneOf: [{ enum: scheduleNames }, { type: 'array', minItems: 1, items: row }] };
    case 'acceptance':
      return { oneOf: [{ type: 'string' }, exactly({ perDepth }), exactly(profile)] };
  }
}

const share = { type: 'number', minimum: 0, maximum: 1 };
const perDepth = { type: 'array', minItems: 1, items: share };
const row = {
  type: 'object',
  additionalProperties: false,
  required: ['beams'],
  properties: {
    maxBatch: { type: 'integer', minimum: 1 },
    beams: { type: 'integer', minimum: 0 },
    draftLength: { type: 'integer', minimum: 1 },
  },
};
const profile = {
  name: { type: 'string' },
  origin: exactly({
    kind: { enum: ['measured', 'modelled', 'assumed'] },
    source: { type: 'string' },
  }),
  perDepth,
  beamGain: { type: 'number', minimum: 0 },
  requestSpread: { type: 'number', minimum: 0 },
};

function exactly(properties: Record<string, unknown>): Record<string, unknown> {
  const required = Object.keys(properties);
  return { type: 'object', additionalProperties: false, required, properties };
}

function distributionSchemas(): Record<string, unknown>[] {
  const tokens = { type: 'number', minimum: 1 };
  const pair = { type: 'array', minItems: 2, maxItems: 2, items: { type: 'number' } };
  return [
    exactly({ kind: { const: 'constant' }, value: tokens }),
    exactly({ kind: { const: 'uniform' }, min: tokens, max: tokens }),
    exactly({ kind: { const: 'lognormal' }, mean: tokens, p99: tokens }),
    exactly({
      kind: { const: 'empirical' },
      quantiles: { type: 'array', minItems: 2, items: pair },
    }),
    exactly({ kind: { const: 'from-trace' } }),
    { enum: Object.keys(workloadCatalogue) },
  ];
}
