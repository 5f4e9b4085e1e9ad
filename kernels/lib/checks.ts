/**
 * Checks of what several operators take: lengths and offsets of ragged batches, trees by parent,
 * rows by beam position, page tables. Each names the field and throws a `CaseError`.
 */
import type { Case } from '../suite-record.ts';
import { CaseError } from './case-error.ts';
import { indexIn } from './compare.ts';
import { reader } from './tensors.ts';

/** Offsets start at 0, never fall, and end at the number of rows. */
export function checkOffsets(call: Case, name: string, rows: number): void {
  const offsets = reader(call).ints(name);
  if (offsets.length === 0) return;
  const field = (i: number) => `inputs.${name}.data[${i}]`;
  if (offsets[0] !== 0) throw new CaseError(field(0), `${offsets[0]}, but offsets start at 0`);
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i]! < offsets[i - 1]!) {
      throw new CaseError(field(i), `${offsets[i]} after ${offsets[i - 1]}: offsets never fall`);
    }
  }
  const last = offsets.length - 1;
  if (offsets[last] !== rows) {
    throw new CaseError(field(last), `${offsets[last]}, but there are ${rows} rows`);
  }
}

/** Each tree's first row is a root, and a parent stands before its child. */
export function checkParents(call: Case, offsetsName = 'offsets'): void {
  const { ints } = reader(call);
  const parent = ints('parent');
  const offsets = ints(offsetsName);
  for (let b = 0; b + 1 < offsets.length; b++) {
    const start = offsets[b]!;
    for (let row = start; row < offsets[b + 1]!; row++) {
      const p = parent[row]!;
      const local = row - start;
      const field = `inputs.parent.data[${row}]`;
      if (local === 0 && p !== -1) {
        throw new CaseError(field, `${p}, but the first row of request ${b} is its root (-1)`);
      }
      if (local > 0 && p === -1) {
        throw new CaseError(field, `a second root in the tree of request ${b}`);
      }
      if (p < -1 || p >= offsets[b + 1]! - start) {
        throw new CaseError(field, `${p} is outside the tree of request ${b}`);
      }
      if (p === local) throw new CaseError(field, `row ${local} is its own parent: a cycle`);
      if (p > local) throw new CaseError(field, `parent ${p} stands after its child ${local}`);
    }
  }
}

/** Every number in [min, max]. */
export function checkRange(call: Case, name: string, min: number, max: number): void {
  const { ints, shape } = reader(call);
  const data = ints(name);
  for (let i = 0; i < data.length; i++) {
    if (data[i]! < min || data[i]! > max) {
      const at = indexIn(shape(name), i);
      throw new CaseError(`inputs.${name}.data[${i}]`, `${data[i]} at ${at}, not ${min} to ${max}`);
    }
  }
}

/**
 * Positions of beams point at rows of their own tree, one level deeper with every position. A
 * request without rows is not looked at.
 */
export function checkUnpack(call: Case): void {
  const { ints, shape } = reader(call);
  const unpack = ints('unpack');
  const offsets = ints('offsets');
  const [requests, beams, positions] = shape('unpack') as [number, number, number];
  for (let b = 0; b < requests; b++) {
    const rows = offsets[b + 1]! - offsets[b]!;
    if (rows === 0) continue;
    for (let i = 0; i < beams * positions; i++) {
      const flat = b * beams * positions + i;
      const row = unpack[flat]!;
      const field = `inputs.unpack.data[${flat}]`;
      if (row < 0 || row >= rows) {
        throw new CaseError(field, `row ${row} is outside the ${rows} rows of request ${b}`);
      }
      if (i % positions === 0) {
        if (row !== 0) throw new CaseError(field, `row ${row}, but every beam starts at row 0`);
      } else if (row <= unpack[flat - 1]!) {
        throw new CaseError(field, `row ${row} does not stand after ${unpack[flat - 1]}`);
      }
    }
  }
}

/** KV lengths hold the tree's rows, fit the table, and their pages exist. */
export function checkPages(call: Case): void {
  const { ints, extent } = reader(call);
  const lengths = ints('kv_lengths');
  const offsets = ints('offsets');
  const table = ints('page_table');
  const width = extent('page_table', 1);
  const { pages, tokensPerBlock } = call.axes as { pages: number; tokensPerBlock: number };
  for (let b = 0; b < lengths.length; b++) {
    const length = lengths[b]!;
    const rows = offsets[b + 1]! - offsets[b]!;
    const field = `inputs.kv_lengths.data[${b}]`;
    if (length < rows) {
      throw new CaseError(field, `${length} is less than the ${rows} tree rows it includes`);
    }
    if (length > width * tokensPerBlock) {
      const room = `${width} pages of ${tokensPerBlock}`;
      throw new CaseError(field, `${length} tokens do not fit in ${room}`);
    }
    for (let p = 0; p * tokensPerBlock < length; p++) {
      const page = table[b * width + p]!;
      if (page < 0 || page >= pages) {
        const at = `inputs.page_table.data[${b * width + p}]`;
        throw new CaseError(at, `page ${page} of request ${b} is not one of ${pages}`);
      }
    }
  }
}

/** Where token `position` of a request lies: page times tokens per page, plus the place in it. */
export function slotOf(call: Case, request: number, position: number): number {
  const { ints, extent } = reader(call);
  const size = call.axes['tokensPerBlock']!;
  const page = ints('page_table')[request * extent('page_table', 1) + Math.floor(position / size)]!;
  return page * size + (position % size);
}

/** Floats without NaN and +Infinity, and at least one finite number in every row. */
export function checkLogits(call: Case, name: string): void {
  const { floats, shape } = reader(call);
  const data = floats(name);
  const width = shape(name)[shape(name).length - 1]!;
  for (let start = 0; start < data.length; start += width) {
    let finite = false;
    for (let i = start; i < start + width; i++) {
      if (data[i] === Number.POSITIVE_INFINITY) {
        throw new CaseError(`inputs.${name}.data[${i}]`, 'Infinity, where none may be');
      }
      finite ||= Number.isFinite(data[i]);
    }
    if (!finite) {
      throw new CaseError(
        `inputs.${name}.data[${start}]`,
        'a row of -Infinity has no distribution',
      );
    }
  }
}

/** No +Infinity: its difference to itself is no number. */
export function checkNoPlusInfinity(call: Case, name: string): void {
  const at = reader(call).floats(name).indexOf(Number.POSITIVE_INFINITY);
  if (at >= 0) throw new CaseError(`inputs.${name}.data[${at}]`, 'Infinity, where none may be');
}
