/** Case files: what is written is read back, and every fault is named by its field. */
import { describe, expect, it } from 'vitest';
import type { RawCase } from '../suite-record.ts';
import { suites } from '../suites.ts';
import { CaseError } from './case-error.ts';
import { parseCases, printCase, tensorsToJson } from './case-file.ts';
import { float } from './tensors.ts';

type Json = {
  operator: string;
  attributes: Record<string, unknown>;
  inputs: Record<string, JsonTensor>;
};
type JsonTensor = { dtype: string; shape: unknown[]; data: unknown[] };

const casesOf = new Map(suites.map((suite) => [suite.operator.name, suite.cases()]));

/** The JSON of a case of an operator, chosen by a part of its id. */
function jsonOf(operator: string, part = ''): Json {
  const call = casesOf.get(operator)!.find(({ id }) => id.includes(part))!;
  return JSON.parse(printCase(call)) as Json;
}

/** Reads a file's text as the bench does: parse, then let the suite check. */
function load(text: string): void {
  for (const raw of parseCases(text).cases) {
    const suite = suites.find(({ operator }) => operator.name === raw.operator)!;
    suite.validate(raw);
  }
}

/** The fault of a case after a change; null when there is none. */
function faultOf(operator: string, part: string, change: (json: Json) => void): string | null {
  const json = jsonOf(operator, part);
  change(json);
  try {
    load(JSON.stringify(json));
    return null;
  } catch (error) {
    if (!(error instanceof CaseError)) throw error;
    return error.message;
  }
}

const put = (name: string, index: number, value: unknown) => (json: Json) => {
  json.inputs[name]!.data[index] = value;
};

/** Operator, part of the case's id, what is spoilt, and the start of the message. */
const faults: [string, string, (json: Json) => void, RegExp][] = [
  ['pack_beams', 'w3', (c) => delete c.inputs['beams'], /^inputs\.beams: missing/],
  [
    'pack_beams',
    'w3',
    (c) => {
      c.inputs['beam'] = c.inputs['beams']!;
    },
    /^inputs\.beam: unknown name; did you mean 'beams'\?/,
  ],
  [
    'pack_beams',
    'w3',
    (c) => {
      c.attributes['keep'] = 1;
    },
    /^attributes\.keep: unknown name/,
  ],
  [
    'pack_beams',
    'w3',
    (c) => {
      c.inputs['beams']!.shape = [2, 12];
    },
    /^inputs\.beams\.shape: rank 2 given, 3 of \[requests, beams, draftLength \+ 1\]/,
  ],
  [
    'pack_beams',
    'w3',
    (c) => {
      c.inputs['beams']!.shape = [2, 3, 5];
    },
    /^inputs\.beams\.data: 24 numbers given, 30 for \[2, 3, 5\]/,
  ],
  [
    'pack_beams',
    'w3',
    (c) => {
      c.inputs['beams']!.dtype = 'fp32';
    },
    /^inputs\.beams\.dtype: fp32 given, i32 expected/,
  ],
  [
    'pack_beams',
    'w3',
    (c) => {
      c.inputs['beams']!.dtype = 'i23';
    },
    /^inputs\.beams\.dtype: unknown type i23; did you mean 'i32'\?/,
  ],
  ['pack_beams', 'w3', put('beams', 4, -1), /^inputs\.beams\.data\[4\]: -1 at \[0, 1, 0\]/],
  ['pack_beams', 'w3', put('beams', 4, 1.5), /^inputs\.beams\.data\[4\]: 1\.5 is no i32/],
  ['pack_beams', 'w3', put('beams', 4, 'NaN'), /^inputs\.beams\.data\[4\]: "NaN" given/],
  [
    'pack_beams',
    'w3',
    put('beams', 4, 5),
    /^inputs\.beams\.data\[4\]: beam 1 of request 0 starts with 5, not with 91/,
  ],
  [
    'tree_mask',
    't7_worked',
    put('parent', 3, 5),
    /^inputs\.parent\.data\[3\]: parent 5 stands after its child 3/,
  ],
  ['tree_mask', 't7_worked', put('parent', 3, 3), /^inputs\.parent\.data\[3\]: .* a cycle/],
  ['tree_mask', 't7_worked', put('parent', 3, 9), /^inputs\.parent\.data\[3\]: 9 is outside/],
  ['tree_mask', 't7_worked', put('parent', 0, 0), /^inputs\.parent\.data\[0\]: .* root \(-1\)/],
  ['tree_mask', 't7_worked', put('parent', 3, -1), /^inputs\.parent\.data\[3\]: a second root/],
  [
    'tree_mask',
    't7_worked',
    put('offsets', 1, 6),
    /^inputs\.offsets\.data\[1\]: 6, but there are 7 rows/,
  ],
  ['tree_mask', 't7_worked', put('offsets', 0, 1), /^inputs\.offsets\.data\[0\]: 1, but offsets/],
  [
    'tree_mask',
    'b6_ragged_random',
    put('offsets', 2, 20),
    /^inputs\.offsets\.data\[2\]: 20 after 33: offsets never fall/,
  ],
  [
    'tree_mask',
    't7_worked',
    (c) => {
      c.attributes['maxTreeTokens'] = 3;
    },
    /^attributes\.maxTreeTokens: 3, but a tree has 7 rows/,
  ],
  [
    'tree_attention',
    'b2_t9_l130',
    put('page_table', 0, 99999),
    /^inputs\.page_table\.data\[0\]: page 99999 of request 0 is not one of/,
  ],
  ['tree_attention', 'b2_t9_l130', put('page_table', 0, -1), /^inputs\.page_table\.data\[0\]/],
  [
    'tree_attention',
    'b2_t9_l130',
    put('kv_lengths', 1, 3),
    /^inputs\.kv_lengths\.data\[1\]: 3 is less than the 4 tree rows it includes/,
  ],
  [
    'tree_attention',
    'b2_t9_l130',
    put('kv_lengths', 0, 99999),
    /^inputs\.kv_lengths\.data\[0\]: 99999 tokens do not fit/,
  ],
  [
    'tree_attention',
    'b2_t9_l130',
    put('q', 7, 'NaN'),
    /^inputs\.q\.data\[7\]: NaN, where none may be/,
  ],
  ['tree_attention', 'b2_t9_l130', put('q', 7, 'Infinity'), /^inputs\.q\.data\[7\]: Infinity/],
  [
    'tree_attention',
    'b2_t9_l130',
    put('words', 0, 1 << 20),
    /^inputs\.words\.data\[0\]: a bit behind the 9 rows of request 0/,
  ],
  ['tree_attention', 'b2_t9_l130', put('words', 0, -1), /^inputs\.words\.data\[0\]: -1 is no u32/],
  [
    'tree_attention',
    'b2_t9_l130',
    (c) => {
      c.inputs['q']!.shape = [13, 3, 64];
    },
    /^inputs\.q\.data: 3328 numbers given/,
  ],
  [
    'tree_attention',
    'b2_t9_l130',
    (c) => {
      c.attributes['scale'] = -1;
    },
    /^attributes\.scale: -1 is outside 0 to/,
  ],
  [
    'tree_attention',
    'b2_t9_l130',
    (c) => {
      c.inputs['pages']!.dtype = 'i32';
    },
    /^inputs\.pages\.data\[\d+\]/,
  ],
  [
    'draft_topk',
    '_worked',
    (c) => {
      c.attributes['k'] = 65;
    },
    /^attributes\.k: 65 is outside 0 to 64/,
  ],
  [
    'draft_topk',
    '_worked',
    (c) => {
      c.attributes['k'] = 1.5;
    },
    /^attributes\.k: 1\.5 is no whole/,
  ],
  [
    'draft_topk',
    '_worked',
    (c) => {
      c.attributes['k'] = '4';
    },
    /^attributes\.k: "4" is no number/,
  ],
  ['draft_topk', '_worked', put('logits', 1, 'Infinity'), /^inputs\.logits\.data\[1\]: Infinity/],
  [
    'draft_topk',
    '_worked',
    (c) => {
      c.inputs['logits']!.data.fill('-Infinity');
    },
    /^inputs\.logits\.data\[0\]: a row of -Infinity/,
  ],
  ['draft_topk', '_worked', put('logits', 0, null), /^inputs\.logits\.data\[0\]: null given/],
  [
    'verify_greedy',
    '_worked',
    put('unpack', 2, 9),
    /^inputs\.unpack\.data\[2\]: row 9 is outside the 4 rows of request 0/,
  ],
  [
    'verify_greedy',
    '_worked',
    put('unpack', 2, 1),
    /^inputs\.unpack\.data\[2\]: row 1 does not stand after 1/,
  ],
  ['verify_greedy', '_worked', put('tokens', 1, 8), /^inputs\.tokens\.data\[1\]: 8 at \[1\]/],
  ['verify_exact', '_worked', put('uniforms', 0, 1), /^inputs\.uniforms\.data\[0\]: 1 is not in/],
  ['select_path', 'b5_w4', put('accepted', 1, 5), /^inputs\.accepted\.data\[1\]: 5 is outside/],
  ['select_path', 'b5_w4', put('beam', 1, 4), /^inputs\.beam\.data\[1\]: 4 is outside 0 to 3/],
  [
    'kv_append',
    'b1_t9_l9',
    (c) => {
      c.attributes['rotaryDim'] = 3;
    },
    /^attributes\.rotaryDim: 3/,
  ],
  [
    'kv_append',
    'b5_t33_l129_h2_d16_p8',
    (c) => {
      const table = c.inputs['page_table']!;
      table.data = table.data.map(() => 0);
    },
    /^inputs\.page_table: rows \d+ and \d+ write the same slot/,
  ],
  [
    'prune_tree',
    '_worked',
    put('survival', 1, 0.1),
    /^inputs\.survival\.data\[2\]: 0\.25 is above its parent's/,
  ],
  ['prune_tree', '_worked', put('budget', 0, -1), /^inputs\.budget\.data\[0\]/],
  ['split_phases', '_one_context', put('types', 0, 2), /^inputs\.types\.data\[0\]: 2/],
  ['scan_lengths', '_worked', put('lengths', 1, -3), /^inputs\.lengths\.data\[1\]: -3/],
  [
    'scan_lengths',
    '_large',
    put('lengths', 1, 9),
    /^inputs\.lengths\.data\[1\]: the sum .* no i32/,
  ],
  [
    'drafter_cell',
    'r5_h33_fp16',
    (c) => {
      c.inputs['bias']!.dtype = 'bf16';
    },
    /^inputs\.bias\.dtype: bf16 given, but another tensor has fp16/,
  ],
  ['drafter_cell', 'r5_h33_fp16', put('bias', 2, 1e6), /^inputs\.bias\.data\[2\]: Infinity/],
];

describe('case files', () => {
  it.each(faults)('%s %s: refused, field named (%#)', (operator, part, change, message) => {
    expect(faultOf(operator, part, () => {})).toBeNull();
    expect(faultOf(operator, part, change)).toMatch(message);
  });

  it('name the case in a list', () => {
    const good = jsonOf('tree_mask', 't7_worked');
    const bad = { ...good, operation: 1 };
    expect(() => load(JSON.stringify([good, bad]))).toThrow(
      /^\[1\]\.operation: unknown name; did you mean 'operator'\?/,
    );
    expect(parseCases(JSON.stringify([good, good]))).toMatchObject({ isList: true });
  });

  it('refuse what is no case', () => {
    for (const text of ['', '{', '3', '"x"', '[[]]', '{}', '{"operator": "uniform"}', 'null']) {
      expect(() => load(text)).toThrow(CaseError);
    }
    const tensor = { dtype: 'fp32', shape: [1], data: {} };
    const text = JSON.stringify({ operator: 'uniform', inputs: { seed: tensor } });
    expect(() => load(text)).toThrow(/^inputs\.seed\.data: a flat list/);
  });

  it('carry NaN and infinities as strings', () => {
    const { x } = tensorsToJson({ x: float('fp32', [3], [NaN, -Infinity, Infinity]) });
    expect(x!.data).toEqual(['NaN', '-Infinity', 'Infinity']);
    const raw: RawCase = {
      operator: 'draft_topk',
      attributes: { k: 2 },
      inputs: { logits: float('fp32', [1, 3], [NaN, -Infinity, 1]) },
    };
    const [again] = parseCases(printCase(raw)).cases;
    expect(again).toEqual(raw);
  });

  it('round numbers to their type', () => {
    const text =
      '{"operator":"draft_topk","inputs":{"logits":{"dtype":"bf16","shape":[1,1],"data":[0.1]}}}';
    expect(parseCases(text).cases[0]!.inputs['logits']!.data[0]).toBe(0.10009765625);
  });
});
