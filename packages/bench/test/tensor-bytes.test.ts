import { roundTo, Stream } from '@beamline/kernels/suites';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTensor, encodeValues, sameBytes } from '../src/tensor-bytes.ts';

const floats = ['fp32', 'fp16', 'bf16', 'fp8'] as const;

describe('tensors as bytes', () => {
  it.each([
    ['bf16', 1.5, [0xc0, 0x3f]],
    ['bf16', -2, [0x00, 0xc0]],
    ['fp16', 65504, [0xff, 0x7b]],
    ['fp16', 2 ** -24, [0x01, 0x00]],
    ['fp16', Number.POSITIVE_INFINITY, [0x00, 0x7c]],
    ['fp8', 448, [0x7e]],
    ['fp8', -(2 ** -9), [0x81]],
    ['fp8', -0, [0x80]],
    ['fp32', 1, [0, 0, 0x80, 0x3f]],
    ['i32', -2, [0xfe, 0xff, 0xff, 0xff]],
    ['u32', 4294967295, [0xff, 0xff, 0xff, 0xff]],
  ] as const)('%s %d', (dtype, value, bytes) => {
    expect([...encodeValues(dtype, [value])]).toEqual([...bytes]);
  });

  it.each(floats)('%s: decoding gives back what was encoded', (dtype) => {
    const any = fc.oneof(
      fc.double({ noNaN: true }),
      fc.integer({ min: -70000, max: 70000 }).map((n) => n / 1024),
      fc.constantFrom(0, -0, 2 ** -24, 2 ** -9, 2 ** -14, 2 ** -149),
    );
    fc.assert(
      fc.property(fc.array(any), (list) => {
        const values = list.map((x) => roundTo(dtype, x));
        const { data } = decodeTensor(dtype, [values.length], encodeValues(dtype, values));
        expect([...data].map((x) => (Object.is(x, -0) ? '-0' : x))).toEqual(
          values.map((x) => (Object.is(x, -0) ? '-0' : x)),
        );
      }),
    );
  });

  it.each(floats)('%s: every bit pattern survives', (dtype) => {
    const patterns = Uint8Array.from({ length: 65536 * 2 }, (_, i) =>
      i % 2 === 0 ? (i >> 1) & 255 : i >> 9,
    );
    const width = { fp32: 4, fp16: 2, bf16: 2, fp8: 1 }[dtype];
    const { data } = decodeTensor(dtype, [patterns.length / width], patterns);
    const again = encodeValues(dtype, data);
    const second = decodeTensor(dtype, [data.length], again).data;
    expect(second.every((x, i) => Object.is(x, data[i]))).toBe(true);
  });

  it('keeps NaN a NaN in every float type', () => {
    for (const dtype of floats) {
      expect(decodeTensor(dtype, [1], encodeValues(dtype, [Number.NaN])).data[0]).toBeNaN();
    }
  });

  it('tells bytes apart', () => {
    const bytes = encodeValues('fp32', new Stream(1).values('fp32', 9));
    const other = bytes.slice();
    other[35]! ^= 1;
    expect(sameBytes(bytes, bytes.slice())).toBe(true);
    expect(sameBytes(bytes, other)).toBe(false);
    expect(sameBytes(bytes, bytes.subarray(1))).toBe(false);
  });
});
