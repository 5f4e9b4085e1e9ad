/**
 * A model file of two nodes, LogSoftmax and TopK over the rows of a matrix, written as ONNX's
 * protocol buffers: what another runtime does in place of draft_topk.
 */

const FLOAT = 1;
const INT64 = 7;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

const bytesField = (number: number, bytes: readonly number[]) => [
  ...varint(number * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];
const intField = (number: number, value: number) => [...varint(number * 8), ...varint(value)];
const textField = (number: number, text: string) =>
  bytesField(number, [...new TextEncoder().encode(text)]);

/** ValueInfoProto: a name, an element type, a shape. */
function value(name: string, type: number, shape: readonly number[]): number[] {
  const extents = shape.flatMap((extent) => bytesField(1, intField(1, extent)));
  const tensor = [...intField(1, type), ...bytesField(2, extents)];
  return [...textField(1, name), ...bytesField(2, bytesField(1, tensor))];
}

/** NodeProto with the attribute `axis`. */
function node(operator: string, inputs: readonly string[], outputs: readonly string[]): number[] {
  const axis = [...textField(1, 'axis'), ...intField(3, 1), ...intField(20, 2)];
  return [
    ...inputs.flatMap((name) => textField(1, name)),
    ...outputs.flatMap((name) => textField(2, name)),
    ...textField(4, operator),
    ...bytesField(5, axis),
  ];
}

/** Input `x` [rows, vocab]; outputs `values` and `tokens` [rows, k]. */
export function topkModel(rows: number, vocab: number, k: number): Uint8Array {
  const raw = [...new Uint8Array(BigInt64Array.of(BigInt(k)).buffer)];
  const count = [...intField(1, 1), ...intField(2, INT64), ...textField(8, 'k')];
  const graph = [
    ...bytesField(1, node('LogSoftmax', ['x'], ['y'])),
    ...bytesField(1, node('TopK', ['y', 'k'], ['values', 'tokens'])),
    ...textField(2, 'topk'),
    ...bytesField(5, [...count, ...bytesField(9, raw)]),
    ...bytesField(11, value('x', FLOAT, [rows, vocab])),
    ...bytesField(12, value('values', FLOAT, [rows, k])),
    ...bytesField(12, value('tokens', INT64, [rows, k])),
  ];
  const operators = [...textField(1, ''), ...intField(2, 13)];
  return Uint8Array.from([...intField(1, 8), ...bytesField(7, graph), ...bytesField(8, operators)]);
}
