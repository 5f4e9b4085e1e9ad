import { existsSync } from 'node:fs';
import { freemem } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stream } from '../lib/draw.ts';
import { type DeviceTensor, openSuite, type Suite, suitePath } from '../suite.ts';

// Pages that stand more than 2^31 elements behind the start of their pool: an offset in 32 bits
// would wrap. The same pages are put at the start of a small pool; every variant must give the same
// bytes for both.

const [PAGE, HEADS, D, REQUESTS] = [64, 4, 64, 2];
const PAGE_BYTES = 2 * PAGE * HEADS * D; // fp8: a byte an element
const FAR = Math.ceil(2 ** 31 / PAGE_BYTES) + 3;
const USED = 4;
const POOL_BYTES = (FAR + USED) * PAGE_BYTES;

const isBuilt = existsSync(suitePath('simt'));
const hasRoom = freemem() > 2 * POOL_BYTES;
const reason = !isBuilt
  ? 'not built (npm run suite -w @beamline/kernels)'
  : `needs ${Math.round((2 * POOL_BYTES) / 1e9)} GB of free memory`;
const runs = isBuilt && hasRoom;
if (!runs) console.log(`skipped: offsets beyond 2^31, ${reason}`);

describe.skipIf(!runs)('offsets beyond 2^31 elements', () => {
  let suite: Suite;
  let far: DeviceTensor;
  const stream = new Stream(11);
  // Finite fp8 values: the exponent field is never all ones.
  const content = Uint8Array.from({ length: USED * PAGE_BYTES }, () => stream.below(112));

  beforeAll(() => {
    suite = openSuite(suitePath('simt'));
    const { address } = suite.alloc(POOL_BYTES);
    far = { dtype: 'fp8', shape: [FAR + USED, 2, PAGE, HEADS, D], address };
  });

  afterAll(() => suite.free({ address: far.address }));

  const ints = (...values: number[]) =>
    suite.tensorOf('i32', [values.length], Int32Array.from(values));

  /** Both pools with the same content, and tables that point to it. */
  function pools(): { pages: DeviceTensor; table: DeviceTensor; at: number }[] {
    const near = suite.tensorOf('fp8', [USED, 2, PAGE, HEADS, D], content);
    suite.upload({ address: far.address + FAR * PAGE_BYTES }, content);
    const table = (first: number) => ({
      ...ints(first + 2, first, first + 1, first + 3),
      shape: [REQUESTS, USED / REQUESTS],
    });
    return [
      { pages: near, table: table(0), at: near.address },
      { pages: far, table: table(FAR), at: far.address + FAR * PAGE_BYTES },
    ];
  }

  const bytesAt = (address: number, bytes: number) =>
    Buffer.from(suite.download({ address }, new Uint8Array(bytes))).toString('base64');

  const lengths = () => ints(PAGE + 9, 40);
  const offsets = () => ints(0, 3, 5);

  const variantsOf = (name: string) =>
    isBuilt
      ? openSuite(suitePath('simt'))
          .operators()
          .find((operator) => operator.name === name)!.variants
      : [];

  // The fma variants take fp32 keys alone: that pool would fill 9 GB.
  const narrow = variantsOf('tree_attention').filter((name) => !name.startsWith('fma'));
  it.each(narrow)('tree_attention %s', (variant) => {
    const rows = 5;
    const q = suite.tensor('bf16', [rows, 2 * HEADS, D]);
    const values = Uint16Array.from(
      { length: rows * 2 * HEADS * D },
      () => 0x3d00 + stream.below(0x280),
    );
    suite.upload(q, values);
    const words = suite.tensorOf('u32', [rows, 1], Uint32Array.of(1, 3, 5, 1, 3));
    const outputs = pools().map(({ pages, table }) => {
      const o = suite.tensor('bf16', [rows, 2 * HEADS, D]);
      const lse = suite.tensor('fp32', [rows, 2 * HEADS]);
      const inputs = [q, pages, table, lengths(), offsets(), words];
      suite.call('tree_attention', variant, inputs, [o, lse], { attributes: [0, 1, 1, 64, 64] });
      return bytesAt(o.address, 2 * rows * 2 * HEADS * D);
    });
    expect(outputs[1]).toBe(outputs[0]);
    expect(new Set(outputs[0]).size).toBeGreaterThan(8);
  });

  it.each(variantsOf('kv_append'))('kv_append %s', (variant) => {
    const rows = 5;
    const floats = () =>
      suite.tensorOf(
        'bf16',
        [rows, HEADS, D],
        Uint16Array.from({ length: rows * HEADS * D }, () => 0x3d00 + stream.below(0x280)),
      );
    const [k, v] = [floats(), floats()];
    const positions = ints(70, 71, 71, 38, 39);
    const written = pools().map(({ pages, table, at }) => {
      const inputs = [k!, v!, positions, offsets(), lengths(), table, pages];
      suite.call('kv_append', variant, inputs, [pages], { attributes: [10000, 0, 1, 1] });
      return bytesAt(at, USED * PAGE_BYTES);
    });
    expect(written[1]).toBe(written[0]);
    expect(written[0]).not.toBe(Buffer.from(content).toString('base64'));
  });

  it.each(variantsOf('compact_kv'))('compact_kv %s', (variant) => {
    const path = { ...ints(0, 2, 0, 0, 1, 0), shape: [REQUESTS, 3] };
    const accepted = ints(1, 0);
    const moved = pools().map(({ pages, table, at }) => {
      const whole = { ...pages, shape: [1, ...pages.shape] };
      const inputs = [whole, table, lengths(), offsets(), path, accepted];
      suite.call('compact_kv', variant, inputs, [whole]);
      return bytesAt(at, USED * PAGE_BYTES);
    });
    expect(moved[1]).toBe(moved[0]);
    expect(moved[0]).not.toBe(Buffer.from(content).toString('base64'));
  });
});
