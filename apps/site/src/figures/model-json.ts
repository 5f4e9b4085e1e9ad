/**
 * A figure's model as JSON and back: what the build computes stands in the page as data. Typed
 * arrays and numbers that JSON does not know come back as they were.
 * `{"x":{"$array":"Float64Array","of":[1,2]}}` is `{ x: Float64Array.of(1, 2) }`.
 */

const arrays = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
} as const;

type ArrayName = keyof typeof arrays;

function encode(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (ArrayBuffer.isView(value) && value.constructor.name in arrays) {
    const of = Array.from(value as unknown as ArrayLike<number>);
    return { $array: value.constructor.name, of };
  }
  return value;
}

function decode(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$number' in value) return Number(value.$number);
  if ('$array' in value && 'of' in value) {
    return arrays[value.$array as ArrayName].from(value.of as number[]);
  }
  return value;
}

/** Safe inside a `script` element. */
export function modelJson(model: unknown): string {
  return JSON.stringify(model, encode).replaceAll('<', '\\u003c');
}

export function modelOfJson(text: string): unknown {
  return JSON.parse(text, decode);
}
