/** What there is: operators with their cases, and which variants each device can be told to run. */
import type { Operator } from '@beamline/kernels';
import type { OperatorSuite } from '@beamline/kernels/suites';
import { type AbsentDevice, type DeviceTraits, isAbsent } from '../device.ts';

export interface OperatorListing {
  readonly operator: string;
  readonly summary: string;
  /** 0 where the operator has no suite: it is not covered. */
  readonly cases: number;
  readonly probes: number;
  /** Variants by device, also where they are only compiled. */
  readonly variants: Readonly<Record<string, readonly string[]>>;
}

function variantsOn(device: DeviceTraits | AbsentDevice, operator: string): readonly string[] {
  return isAbsent(device) ? (device.compiled?.(operator) ?? []) : device.variants(operator);
}

export function listOperators(
  operators: readonly Operator[],
  suites: readonly OperatorSuite[],
  devices: readonly (DeviceTraits | AbsentDevice)[],
): OperatorListing[] {
  return operators.map(({ name, summary }) => {
    const suite = suites.find(({ operator }) => operator.name === name);
    const variants = devices.map((device) => [device.name, variantsOn(device, name)] as const);
    return {
      operator: name,
      summary,
      cases: suite?.cases().length ?? 0,
      probes: suite?.probes().length ?? 0,
      variants: Object.fromEntries(variants),
    };
  });
}

/** One line of an operator's fields, as a case file must spell them. */
export interface FieldListing {
  readonly kind: 'attribute' | 'input' | 'output' | 'axis';
  readonly name: string;
  readonly dtype: string;
  readonly shape: string;
  readonly meaning: string;
}

export function listFields(operator: Operator): FieldListing[] {
  const tensors = (kind: 'input' | 'output', list: Operator['inputs']): FieldListing[] =>
    list.map(({ name, dtype, shape, meaning }) => ({
      kind,
      name,
      dtype,
      shape: `[${shape.join(', ')}]`,
      meaning,
    }));
  return [
    ...operator.attributes.map(({ name, meaning, value, min, max, integer }) => ({
      kind: 'attribute' as const,
      name,
      dtype: integer ? 'integer' : 'number',
      shape: `${min} to ${max}, default ${value}`,
      meaning,
    })),
    ...tensors('input', operator.inputs),
    ...tensors('output', operator.outputs),
    ...[...operator.axes, ...operator.extents].map(({ name, meaning, min, max }) => ({
      kind: 'axis' as const,
      name,
      dtype: 'extent',
      shape: `${min} to ${max}`,
      meaning,
    })),
  ];
}
