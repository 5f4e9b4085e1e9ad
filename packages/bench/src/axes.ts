/**
 * Axes from the command line: `--axis T=1:64:pow2` makes cases of the sizes asked for instead of
 * the listed ones. An axis has the name of the record or its symbol there; T and L count one
 * request. The id of such a case states its sizes, and `--filter` takes it back.
 *
 * Example: `B=8`, `T=1,17,64`, `L=1024:65536:pow4`, `float=bf16,fp16`.
 */
import type { Dtype } from '@beamline/kernels';
import type { Case, OperatorSuite } from '@beamline/kernels/suites';
import { inputError } from './error.ts';
import { caseOfSizes, defaultSizes, type Sizes, sizeNames, sizesOf } from './sized-case.ts';
import { didYouMean } from './spelling.ts';

export interface AxisRequest {
  /** Values by size name; what is not named keeps its default. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly float: readonly Dtype[];
  readonly kv: readonly Dtype[];
  /** Defaults for a GPU, or small ones for a device that only shows what a kernel does. */
  readonly isSmall: boolean;
}

const FLOATS: readonly Dtype[] = ['fp32', 'fp16', 'bf16'];
const KV_TYPES: readonly Dtype[] = [...FLOATS, 'fp8'];

/** Most cases that a grid of axes may make for one operator. */
const GRID_MOST = 1024;

/** Names by which an axis may be called, to the size that it sets. */
const SYMBOLS: Readonly<Record<string, keyof Sizes>> = {
  B: 'requests',
  W: 'beams',
  dl: 'draftLength',
  T: 'treeLength',
  L: 'kvLength',
  Hq: 'queryHeads',
  Hk: 'kvHeads',
  D: 'headDim',
  P: 'tokensPerBlock',
  V: 'vocab',
  H: 'hidden',
  E: 'exit',
  k: 'candidates',
  j: 'step',
  R: 'rows',
};

function wholeNumber(text: string, shown: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw inputError(`${shown}: "${text}" is no whole number of at least 0.`);
  }
  return value;
}

/** `1:64:pow2` → 1 2 4 … 64; `1:9:lin3` → 1 5 9; `1,17` → 1 17. */
export function axisValues(text: string, shown: string): number[] {
  const range = /^(\d+):(\d+):(pow|lin)(\d+)$/.exec(text);
  if (range === null) {
    if (text.includes(':')) {
      throw inputError(`${shown}: is no range; write 1:64:pow2 or 1:9:lin3, or a list 1,2,4.`);
    }
    return [...new Set(text.split(',').map((item) => wholeNumber(item.trim(), shown)))];
  }
  const [from, to, count] = [range[1], range[2], range[4]].map(Number) as [number, number, number];
  if (from > to) throw inputError(`${shown}: ${from} is above ${to}.`);
  const values: number[] = [];
  if (range[3] === 'pow') {
    if (count < 2 || from < 1) throw inputError(`${shown}: pow needs a factor from 2 and a start.`);
    for (let value = from; value <= to; value *= count) values.push(value);
  } else {
    if (count < 2) throw inputError(`${shown}: lin needs at least 2 numbers.`);
    for (let i = 0; i < count; i++) {
      values.push(Math.round(from + ((to - from) * i) / (count - 1)));
    }
  }
  return [...new Set(values)];
}

/** The request that these `NAME=VALUES` make. */
export function parseAxes(texts: readonly string[], isSmall: boolean): AxisRequest {
  const values: Record<string, number[]> = {};
  const types: Record<'float' | 'kv', Dtype[]> = { float: [], kv: [] };
  for (const text of texts) {
    const shown = `--axis ${text}`;
    const equals = text.indexOf('=');
    if (equals < 1) throw inputError(`${shown}: must be name=values, such as T=1:64:pow2.`);
    const name = text.slice(0, equals).trim();
    const list = text.slice(equals + 1).trim();
    if (name === 'float' || name === 'kv') {
      const allowed = name === 'kv' ? KV_TYPES : FLOATS;
      for (const type of list.split(',') as Dtype[]) {
        if (!allowed.includes(type)) {
          throw inputError(`${shown}: "${type}" is no type.${didYouMean(type, allowed)}`);
        }
        types[name].push(type);
      }
      continue;
    }
    const size = Object.hasOwn(SYMBOLS, name) ? SYMBOLS[name]! : name;
    if (!(sizeNames as readonly string[]).includes(size)) {
      const known = [...Object.keys(SYMBOLS), ...sizeNames, 'float', 'kv'];
      throw inputError(`${shown}: "${name}" is not an axis.${didYouMean(name, known)}`);
    }
    values[size] = axisValues(list, shown);
  }
  return { values, ...types, isSmall };
}

/** Every combination of the lists, the last name running fastest. */
function grid(lists: readonly (readonly [string, readonly number[]])[]): Record<string, number>[] {
  let all: Record<string, number>[] = [{}];
  for (const [name, values] of lists) {
    all = all.flatMap((sizes) => values.map((value) => ({ ...sizes, [name]: value })));
  }
  return all;
}

/** Cases of one operator on the grid of a request; an axis it does not have changes nothing. */
export function axisCases(suite: OperatorSuite, request: AxisRequest): Case[] {
  const own = sizesOf(suite);
  const lists = Object.entries(request.values).filter(([name]) => own.includes(name as never));
  const floats = request.float.length > 0 ? request.float : (['bf16'] as const);
  const kvs = request.kv.length > 0 ? request.kv : [null];
  const count = lists.reduce((product, [, values]) => product * values.length, 1);
  if (count * floats.length * kvs.length > GRID_MOST) {
    throw inputError(`--axis: ${count} cases for ${suite.operator.name}, at most ${GRID_MOST}.`);
  }
  const base = defaultSizes(request.isSmall);
  const cases = new Map<string, Case>();
  for (const sizes of grid(lists)) {
    for (const float of floats) {
      for (const kv of kvs) {
        const call = caseOfSizes(suite, { ...base, ...sizes }, { float, kv: kv ?? float });
        cases.set(call.id, call);
      }
    }
  }
  return [...cases.values()];
}

/** The request that an id such as `tree_mask/requests=8,treeLength=17` states, or null. */
export function requestOfId(id: string, isSmall: boolean): AxisRequest | null {
  const slash = id.indexOf('/');
  if (slash < 0 || !id.includes('=')) return null;
  return parseAxes(id.slice(slash + 1).split(','), isSmall);
}
