import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { beamStepSuite } from '../beam_step/suite.ts';
import { compactKvSuite } from '../compact_kv/suite.ts';
import { draftTopkSuite } from '../draft_topk/suite.ts';
import { drafterCellSuite } from '../drafter_cell/suite.ts';
import { drafterResidualSuite } from '../drafter_residual/suite.ts';
import { Stream } from '../lib/draw.ts';
import { float, i32 } from '../lib/tensors.ts';
import { packBeamsSuite } from '../pack_beams/suite.ts';
import { pruneTreeSuite } from '../prune_tree/suite.ts';
import { selectPathSuite } from '../select_path/suite.ts';
import { type DeviceTensor, openSuite, type Suite, suitePath } from '../suite.ts';
import type { OperatorSuite, Tensor, Tensors } from '../suite-record.ts';
import { treeAttentionSuite } from '../tree_attention/suite.ts';
import { verifyGreedySuite } from '../verify_greedy/suite.ts';
import { fromBytes, toBytes } from './device-run.ts';

// One step of speculative decoding, captured once and replayed with other contents: trees of other
// sizes, other lengths, other accepted paths. No size reaches the host: ragged tensors have room
// for the largest trees, and every kernel reads offsets and lengths from the device. Each replay
// must give what the references give for the sizes of that step. The plan of pruning is taken
// beside the verification of the whole tree, so that both are seen.

const isBuilt = existsSync(suitePath('simt'));
if (!isBuilt) console.log('skipped: step graph, not built (npm run suite -w @beamline/kernels)');

const [B, W, H, V, K, PAGE, LAYERS] = [3, 3, 8, 60, 5, 4, 2];
const BL = 3;
const ROOM = B * (W * (BL - 1) + 1);
const PAGES = 40;
const PER_REQUEST = 8;
const TREE_MOST = W * (BL - 1) + 1;

/** What differs from step to step. Lengths are those before the tree's rows. */
interface Step {
  products: Tensor[];
  logits: Tensor[];
  golden: Tensor;
  target: Tensor;
  hidden: Tensor;
  /** Head epilogue: the head's input and its linear layer's output. */
  head: Tensor;
  linear: Tensor;
  q: Tensor;
  survival: Tensor;
  budget: number;
  pages: Tensor;
  pageTable: Tensor;
  prefix: number[];
}

function makeStep(seed: number): Step {
  const stream = new Stream(seed);
  const draw = (shape: number[], scale = 1) =>
    float(
      'fp32',
      shape,
      stream.values(
        'fp32',
        shape.reduce((a, b) => a * b, 1),
        scale,
      ),
    );
  const order = Array.from({ length: B * PER_REQUEST }, (_, i) => (i * 7 + seed) % PAGES);
  return {
    products: [0, 1, 2, 3].map(() => draw([B * W, H])),
    // Few levels, so that beams share prefixes in some steps and not in others.
    logits: [0, 1].map(() => draw([B * W, V], seed)),
    golden: i32(
      [B, W, 1],
      Array.from({ length: B * W }, (_, i) => 1 + Math.floor(i / W)),
    ),
    target: draw([ROOM, V], 0.01),
    hidden: draw([ROOM, H]),
    head: draw([B * W, 2 * H]),
    linear: draw([B * W, 2 * H]),
    q: draw([ROOM, 2, 4]),
    // Falling with the row: a child stands behind its parent, so it never survives better.
    survival: float(
      'fp32',
      [ROOM],
      Float64Array.from({ length: ROOM }, (_, row) => Math.fround(1 / (1 + (row % TREE_MOST)))),
    ),
    budget: 8 + seed,
    pages: draw([LAYERS, PAGES, 2, PAGE, 1, 4]),
    pageTable: i32([B, PER_REQUEST], order),
    prefix: [0, 5 + seed, 11],
  };
}

function referenceOf(suite: OperatorSuite, inputs: Tensors, attributes = {}): Tensors {
  return suite.reference(suite.resolve({ operator: suite.operator.name, attributes, inputs }));
}

/** Makes the target follow a beam for some tokens, so that paths of every length are accepted. */
function followBeams(step: Step, packed: Tensors): void {
  const { unpack, offsets } = packed;
  for (let b = 0; b < B; b++) {
    const beam = (b + 1) % W;
    for (let j = 0; j < b; j++) {
      const at = (b * W + beam) * BL + j;
      const row = offsets!.data[b]! + unpack!.data[at]!;
      const next = offsets!.data[b]! + unpack!.data[at + 1]!;
      step.target.data[row * V + packed['packed']!.data[next]!] = 9;
    }
  }
}

interface Expected {
  head: Tensors;
  attended: Tensors;
  kept: Tensors;
  drafted: Tensors;
  packed: Tensors;
  verified: Tensors;
  selected: Tensors;
  moved: Tensors;
  kvLengths: Tensor;
}

/** One layer's attention over the pages as they stand before the accepted path is moved. */
function attendedOf(step: Step, packed: Tensors, kvLengths: Tensor, rows: number): Tensors {
  const layer = step.pages.data.length / LAYERS;
  return referenceOf(treeAttentionSuite, {
    q: { ...step.q, shape: [rows, 2, 4], data: step.q.data.slice(0, rows * 8) },
    pages: { ...step.pages, shape: [PAGES, 2, PAGE, 1, 4], data: step.pages.data.slice(0, layer) },
    page_table: step.pageTable,
    kv_lengths: kvLengths,
    ...{ offsets: packed['offsets']!, words: packed['words']! },
  });
}

/** Survival by the place of the row inside its tree: it falls from a parent to its child. */
function survivalOf(step: Step, packed: Tensors, rows: number): Float64Array {
  const { offsets } = packed as Record<string, Tensor>;
  const data = new Float64Array(rows);
  for (let b = 0; b < B; b++) {
    const first = offsets!.data[b]!;
    for (let row = first; row < offsets!.data[b + 1]!; row++) {
      data[row] = step.survival.data[row - first]!;
    }
  }
  return data;
}

/** The step by the references, with tensors of exactly its sizes. */
function expectedOf(step: Step, bias: Tensor): Expected {
  let scores = float('fp32', [B, W], new Float64Array(B * W));
  let histories = step.golden;
  let drafted: Tensors = {};
  for (const j of [0, 1]) {
    const { state } = referenceOf(drafterCellSuite, {
      embedding_product: step.products[2 * j]!,
      state_product: step.products[2 * j + 1]!,
      bias,
    });
    const rounded = state!.data.map(Math.fround) as Float64Array;
    const top = referenceOf(draftTopkSuite, { logits: step.logits[j]! }, { k: K });
    const values = top['values']!.data.map(Math.fround) as Float64Array;
    drafted = referenceOf(beamStepSuite, {
      scores,
      values: float('fp32', [B, W, K], values),
      tokens: i32([B, W, K], top['tokens']!.data as Int32Array),
      histories,
      states: float('fp32', [B, W, H], rounded),
    });
    scores = drafted['scores']!;
    histories = drafted['histories']!;
  }
  const packed = referenceOf(packBeamsSuite, { beams: histories }, { maxTreeTokens: TREE_MOST });
  followBeams(step, packed);
  const rows = packed['packed']!.shape[0]!;
  const firstRows = ({ dtype, shape, data }: Tensor): Tensor => ({
    dtype,
    shape: [rows, shape[1]!],
    data: data.slice(0, rows * shape[1]!),
  });
  const kvLengths = i32(
    [B],
    step.prefix.map((prefix, b) => prefix + packed['lengths']!.data[b]!),
  );
  const { unpack, offsets } = packed as Record<string, Tensor>;
  const inputs = { x: step.head, linear: step.linear };
  const head = referenceOf(drafterResidualSuite, inputs);
  const attended = attendedOf(step, packed, kvLengths, rows);
  const kept = referenceOf(pruneTreeSuite, {
    survival: { ...step.survival, shape: [rows], data: survivalOf(step, packed, rows) },
    ...{ parent: packed['parent']!, packed: packed['packed']!, offsets: offsets! },
    budget: i32([], [step.budget]),
  });
  const verified = referenceOf(verifyGreedySuite, {
    logits: firstRows(step.target),
    tokens: packed['packed']!,
    unpack: unpack!,
    offsets: offsets!,
  });
  const selected = referenceOf(selectPathSuite, {
    ...{ unpack: unpack!, offsets: offsets!, packed: packed['packed']!, kv_lengths: kvLengths },
    ...(verified as Record<'beam' | 'accepted' | 'bonus', Tensor>),
    hidden: firstRows(step.hidden),
  });
  const moved = referenceOf(compactKvSuite, {
    ...{ pages: step.pages, page_table: step.pageTable, kv_lengths: kvLengths },
    ...{ offsets: offsets!, path: selected['path']!, accepted: verified['accepted']! },
  });
  return { head, attended, kept, drafted, packed, verified, selected, moved, kvLengths };
}

/** The step on the device: buffers that stay, one graph over them. */
class DeviceStep {
  readonly outputs = new Map<string, DeviceTensor>();
  readonly inputs = new Map<string, DeviceTensor>();
  private readonly suite: Suite;
  private readonly bias: DeviceTensor;

  constructor(suite: Suite, bias: Tensor) {
    this.suite = suite;
    this.bias = suite.tensorOf('fp32', bias.shape, toBytes(bias));
  }

  private out(name: string, dtype: Tensor['dtype'], shape: readonly number[]): DeviceTensor {
    const tensor = this.suite.tensor(dtype, shape);
    this.outputs.set(name, tensor);
    return tensor;
  }

  set(name: string, tensor: Tensor): void {
    const held = this.inputs.get(name);
    if (held !== undefined) this.suite.upload(held, toBytes(tensor));
    else {
      const made = this.suite.tensorOf(tensor.dtype, tensor.shape, toBytes(tensor));
      this.inputs.set(name, made);
    }
  }

  private call(
    name: string,
    inputs: DeviceTensor[],
    outputs: DeviceTensor[],
    numbers = [] as number[],
  ) {
    const options = { attributes: numbers };
    const bytes = this.suite.workspaceBytes(name, '', inputs, outputs, options);
    const workspace = this.suite.alloc(bytes);
    this.suite.call(name, '', inputs, outputs, { ...options, workspace });
  }

  load(step: Step, expected: Expected): void {
    for (const [i, tensor] of step.products.entries()) this.set(`product${i}`, tensor);
    for (const [i, tensor] of step.logits.entries()) this.set(`logits${i}`, tensor);
    this.set('golden', step.golden);
    this.set('scores', float('fp32', [B, W], new Float64Array(B * W)));
    this.set('target', step.target);
    this.set('hidden', step.hidden);
    this.set('pages', step.pages);
    this.set('pageTable', step.pageTable);
    this.set('kvLengths', expected.kvLengths);
    this.set('head', step.head);
    this.set('linear', step.linear);
    this.set('q', step.q);
    const survival = new Float64Array(ROOM);
    survival.set(survivalOf(step, expected.packed, expected.packed['packed']!.shape[0]!));
    this.set('survival', float('fp32', [ROOM], survival));
    this.set('budget', i32([], [step.budget]));
  }

  private draft(): DeviceTensor {
    const given = (name: string) => this.inputs.get(name)!;
    let scores = given('scores');
    let histories = given('golden');
    for (const j of [0, 1]) {
      const states = this.out(`states${j}`, 'fp32', [B * W, H]);
      const products = [given(`product${2 * j}`), given(`product${2 * j + 1}`)];
      this.call('drafter_cell', [...products, this.bias], [states]);
      const values = this.out(`values${j}`, 'fp32', [B * W, K]);
      const tokens = this.out(`candidates${j}`, 'i32', [B * W, K]);
      const lse = this.out(`lse${j}`, 'fp32', [B * W]);
      this.call('draft_topk', [given(`logits${j}`)], [values, tokens, lse], [K, 50]);
      const next = [
        this.out(`scores${j}`, 'fp32', [B, W]),
        this.out(`parents${j}`, 'i32', [B, W]),
        this.out(`drafted${j}`, 'i32', [B, W]),
        this.out(`histories${j}`, 'i32', [B, W, j + 2]),
        this.out(`gathered${j}`, 'fp32', [B, W, H]),
      ];
      const shaped = (tensor: DeviceTensor, ...shape: number[]) => ({ ...tensor, shape });
      const candidates = [shaped(values, B, W, K), shaped(tokens, B, W, K)];
      this.call('beam_step', [scores, ...candidates, histories, shaped(states, B, W, H)], next);
      [scores, histories] = [next[0]!, next[3]!];
    }
    return histories;
  }

  /** Everything of one step, in order; nothing is read back in between. */
  run(): void {
    const given = (name: string) => this.inputs.get(name)!;
    const beams = this.draft();
    const packed = this.out('packed', 'i32', [ROOM]);
    const unpack = this.out('unpack', 'i32', [B, W, BL]);
    const offsets = this.out('offsets', 'i32', [B + 1]);
    const others = [this.out('depth', 'i32', [ROOM]), this.out('parent', 'i32', [ROOM])];
    const lengths = this.out('lengths', 'i32', [B]);
    const words = this.out('words', 'u32', [ROOM, 1]);
    this.call(
      'pack_beams',
      [beams],
      [packed, ...others, unpack, lengths, offsets, words],
      [TREE_MOST],
    );
    const residual = this.out('residual', 'fp32', [B * W, 2 * H]);
    this.call('drafter_residual', [given('head'), given('linear')], [residual]);
    this.prune([given('survival'), others[1]!, packed, offsets, given('budget')]);
    this.attend(offsets, words);
    const verified = ['beam', 'accepted', 'bonus'].map((name) => this.out(name, 'i32', [B]));
    this.call('verify_greedy', [given('target'), packed, unpack, offsets], verified);
    const path = this.out('path', 'i32', [B, BL]);
    const selected = [
      this.out('tokens', 'i32', [B, BL]),
      path,
      this.out('hidden', 'fp32', [B, H]),
      this.out('positions', 'i32', [B]),
      this.out('nextLengths', 'i32', [B]),
    ];
    const tree = [unpack, offsets, ...verified, packed, given('kvLengths'), given('hidden')];
    this.call('select_path', tree, selected);
    const cache = [given('pages'), given('pageTable'), given('kvLengths')];
    this.call('compact_kv', [...cache, offsets, path, verified[1]!], [given('pages')]);
  }

  private prune(inputs: DeviceTensor[]): void {
    const ofTree = ['nodes', 'keptParent', 'keptDepth', 'keptPacked'];
    const outputs = [
      ...ofTree.map((name) => this.out(name, 'i32', [ROOM])),
      this.out('keptLengths', 'i32', [B]),
      this.out('keptOffsets', 'i32', [B + 1]),
    ];
    this.call('prune_tree', inputs, outputs);
  }

  private attend(offsets: DeviceTensor, words: DeviceTensor): void {
    const given = (name: string) => this.inputs.get(name)!;
    const layer = { ...given('pages'), shape: [PAGES, 2, PAGE, 1, 4] };
    const inputs = [given('q'), layer, given('pageTable'), given('kvLengths'), offsets, words];
    const outputs = [
      this.out('o', 'fp32', [ROOM, 2, 4]),
      this.out('attentionLse', 'fp32', [ROOM, 2]),
    ];
    this.call('tree_attention', inputs, outputs, [0, 1, 1, 64, 64]);
  }

  read(name: string): number[] {
    const { dtype, shape, address } = this.outputs.get(name) ?? this.inputs.get(name)!;
    const size = shape.reduce((a, b) => a * b, 1);
    const bytes = dtype === 'fp32' ? new Float32Array(size) : new Int32Array(size);
    return Array.from(fromBytes(dtype, shape, this.suite.download({ address }, bytes)).data);
  }
}

/** The first values, to the rounding of fp32 sums of a few dozen terms. */
function expectNear(given: number[], expected: number[], where: string): void {
  const worst = Math.max(...expected.map((value, i) => Math.abs(given[i]! - value)));
  expect(worst, where).toBeLessThan(1e-5);
}

describe.skipIf(!isBuilt)('a captured step', () => {
  it('replays with other trees, lengths and paths', () => {
    const suite = openSuite(suitePath('simt'));
    const bias = float('fp32', [H], new Stream(5).values('fp32', H));
    const device = new DeviceStep(suite, bias);
    const sizes = new Set<number>();
    let graph: ReturnType<Suite['capture']> | null = null;
    for (const seed of [1, 2, 3, 4]) {
      const step = makeStep(seed);
      const expected = expectedOf(step, bias);
      device.load(step, expected);
      graph ??= suite.capture(() => device.run());
      graph.replay();
      const rows = expected.packed['packed']!.shape[0]!;
      sizes.add(rows);
      const where = `step ${seed}`;
      const held = (tensors: Tensors, name: string) => Array.from(tensors[name]!.data);
      expect(device.read('histories1'), where).toEqual(held(expected.drafted, 'histories'));
      for (const name of ['packed', 'parent', 'depth', 'words']) {
        const given = device.read(name).slice(0, rows);
        expect(given, `${where} ${name}`).toEqual(held(expected.packed, name));
      }
      for (const name of ['unpack', 'offsets', 'lengths']) {
        expect(device.read(name), `${where} ${name}`).toEqual(held(expected.packed, name));
      }
      for (const name of ['beam', 'accepted', 'bonus']) {
        expect(device.read(name), `${where} ${name}`).toEqual(held(expected.verified, name));
      }
      expectNear(device.read('residual'), held(expected.head, 'y'), `${where} head`);
      expectNear(device.read('o'), held(expected.attended, 'o'), `${where} attention`);
      const kept = expected.kept['nodes']!.shape[0]!;
      expect(device.read('nodes').slice(0, kept), where).toEqual(held(expected.kept, 'nodes'));
      expect(device.read('keptOffsets'), where).toEqual(held(expected.kept, 'offsets'));
      expect(device.read('accepted'), where).toEqual([0, 1, 2]);
      for (const name of ['tokens', 'path', 'hidden', 'positions']) {
        expect(device.read(name), `${where} ${name}`).toEqual(held(expected.selected, name));
      }
      expect(device.read('nextLengths'), where).toEqual(held(expected.selected, 'lengths'));
      expect(device.read('pages'), `${where} pages`).toEqual(held(expected.moved, 'pages'));
    }
    expect(sizes.size).toBeGreaterThan(1);
    graph?.free();
  });
});
