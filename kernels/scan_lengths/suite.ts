/**
 * Cases and reference of scan_lengths. Worked example: lengths 7, 0, 9 give offsets 0, 7, 7, 16,
 * total 16, max 9. Law: offsets[b + 1] − offsets[b] = lengths[b] for every b.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkRange } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { i32, reader } from '../lib/tensors.ts';
import type { Case, Tensors } from '../suite-record.ts';
import { scanLengths } from './operator.ts';

const INT_MAX = 2147483647;

function reference(call: Case): Tensors {
  const lengths = reader(call).ints('lengths');
  const offsets = new Int32Array(lengths.length + 1);
  let max = 0;
  for (let b = 0; b < lengths.length; b++) {
    offsets[b + 1] = offsets[b]! + lengths[b]!;
    max = Math.max(max, lengths[b]!);
  }
  return {
    offsets: i32([lengths.length + 1], offsets),
    total: i32([], [offsets[lengths.length]!]),
    max: i32([], [max]),
  };
}

function check(call: Case): void {
  checkRange(call, 'lengths', 0, INT_MAX);
  let total = 0;
  reader(call)
    .ints('lengths')
    .forEach((length, b) => {
      total += length;
      if (total > INT_MAX) {
        throw new CaseError(`inputs.lengths.data[${b}]`, `the sum ${total} is no i32`);
      }
    });
}

/** Either side of a warp, of a block and of several blocks. */
const REQUESTS = [0, 1, 2, 31, 32, 33, 64, 255, 256, 257, 1023, 1024, 1025, 2049, 4096, 65536];

function random(stream: Stream, requests: number, max: number): number[] {
  return Array.from({ length: requests }, () => stream.below(max + 1));
}

function cases(build: Build): Case[] {
  const make = (label: string, lengths: number[]) =>
    build(label, { lengths: i32([lengths.length], lengths) });
  const list = [make('b3_worked', [7, 0, 9])];
  for (const requests of REQUESTS) {
    list.push(make(`b${requests}`, random(new Stream(requests), requests, 64)));
  }
  list.push(make('b5_zeros', [0, 0, 0, 0, 0]));
  list.push(make('b1500_last_only', [...new Array<number>(1499).fill(0), 5]));
  list.push(make('b1025_first_only', [5, ...new Array<number>(1024).fill(0)]));
  list.push(make('b3_large', [INT_MAX - 2, 0, 2]));
  return list;
}

function generate(draw: Draw, build: Build): Case {
  const requests = draw.pick([draw.integer(0, 8), draw.integer(0, 40), draw.integer(0, 3000)]);
  const max = draw.pick([1, 0, 64, 100000]);
  const lengths = random(draw.stream(), requests, max);
  return build(`b${requests}_fuzz`, { lengths: i32([requests], lengths) });
}

export const scanLengthsSuite = defineSuite({
  operator: scanLengths,
  check,
  reference,
  cases,
  generate,
});
