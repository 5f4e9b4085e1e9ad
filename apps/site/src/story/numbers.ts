/**
 * Every number of the story that is not a quotation: computed here, when the pages are built, by
 * the cost model, the acceptance model and the figures that the command uses too, or read from
 * `fixtures`. A page writes `<N of="step.1" />` and never the digits. Each number has a basis
 * (bases.ts), which says whether it is measured, modelled, assumed or exact, and how it came about.
 *
 * Example: `storyNumbers['step.1']` is the time of one step of Llama 3.1 8B without drafting.
 */
import { stepClock } from '@beamline/figures/step_clock/model';
import { publishedTables, storedValidation } from '@beamline/fixtures';
import {
  acceptanceOf,
  drafterOf,
  drafterParameters,
  type Estimate,
  engineOf,
  estimate,
  hardwareOf,
  kneeRowsOf,
  type Model,
  modelOf,
  parametersOf,
  parseScenario,
  type Scenario,
  type Validation,
} from '@beamline/simulator';
import type { Basis } from './bases.ts';
import { exampleNumbers } from './example.ts';

export type Unit = '' | 'ms' | 'µs' | 'GB' | 'MB' | 'TB/s' | '×' | '%' | 'J' | 'W' | '$' | 'B';

export interface StoryNumber {
  value: number;
  unit: Unit;
  /** Significant digits. */
  digits: number;
  basis: Basis;
}

/** The scenario that the story computes with: every default of the schema, drafting or not. */
export const drafting: Scenario = parseScenario({}, 'story');
export const plain: Scenario = parseScenario({ speculation: { method: 'none' } }, 'story');
/** Past tokens of each request, as in the figure of one step. */
export const PAST = 1000;
export const BATCHES = [1, 4, 8, 16, 32, 64] as const;
export const ROWS = [1, 8, 64, 128, 256, 512] as const;

const numbers: Record<string, StoryNumber> = { ...exampleNumbers };

function put(name: string, value: number, unit: Unit, digits: number, basis: Basis): void {
  numbers[name] = { value, unit, digits, basis };
}

const H100 = hardwareOf('h100-sxm');
const LLAMA = modelOf('llama-3.1-8b');

/** Chapter 1: bytes and FLOP of one token, and the time of a step by the rows that it verifies. */
function memoryNumbers(): void {
  const { total } = parametersOf(LLAMA);
  const bytes = 2 * total;
  put('weights.parameters', total / 1e9, 'B', 3, 'counted');
  put('weights.bytes', bytes / 1e9, 'GB', 3, 'counted');
  put('sheet.bandwidth', H100.memoryBytesPerSecond / 1e12, 'TB/s', 3, 'sheet');
  const peak = H100.gemm.bf16.peakFlopPerSecond;
  const readMs = (bytes / H100.memoryBytesPerSecond) * 1e3;
  const computeMs = ((2 * total) / peak) * 1e3;
  put('sheet.read', readMs, 'ms', 2, 'sheet');
  put('sheet.compute', computeMs * 1e3, 'µs', 2, 'sheet');
  put('sheet.ratio', readMs / computeMs, '', 2, 'sheet');
  put('fit.share', 100 * H100.gemm.bf16.memoryShare, '%', 2, 'fit');
  put('knee', kneeRowsOf(engineOf(drafting)), '', 2, 'fit');
  const one = estimate(plain, { batch: 1, kvTokens: PAST });
  put('past', PAST, '', 4, 'setting');
  const { kneeRows } = stepClock({}).roofline;
  put('knee.step', kneeRows ?? Number.NaN, '', 3, 'limits');
  for (const rows of ROWS) {
    const step = estimate(plain, { batch: 1, kvTokens: PAST, rowsPerRequest: rows });
    put(`rows.${rows}`, step.totals.decode.timeNs / 1e6, 'ms', 3, 'step');
    put(`rows.${rows}.ratio`, step.totals.decode.timeNs / one.totals.decode.timeNs, '×', 3, 'step');
  }
}

/** Chapter 2: what a recurrent drafter weighs, and what its passes take. */
function drafterNumbers(): void {
  const sizes = (model: Model) => {
    const parameters = drafterParameters(model, drafterOf(model, 'redrafter')!, 4);
    return { parameters, share: parameters / parametersOf(model).total };
  };
  const llama = sizes(LLAMA);
  put('drafter.parameters', llama.parameters / 1e9, 'B', 3, 'counted');
  put('drafter.share', 100 * llama.share, '%', 2, 'counted');
  put('drafter.bytes', (2 * llama.parameters) / 1e9, 'GB', 3, 'counted');
  put('drafter.read', (4 * 2 * llama.parameters) / 1e9, 'GB', 3, 'counted');
  put('drafter.head', (2 * LLAMA.hidden * LLAMA.vocab) / 1e9, 'B', 3, 'counted');
  const head = 2 * LLAMA.hidden * LLAMA.vocab;
  put('drafter.headShare', (100 * head) / llama.parameters, '%', 2, 'counted');
  const vicuna = sizes(modelOf('vicuna-7b'));
  put('vicuna.parameters', vicuna.parameters / 1e9, 'B', 2, 'counted');
  put('vicuna.share', 100 * vicuna.share, '%', 2, 'counted');
  const step = estimate(drafting, { batch: 1, kvTokens: PAST });
  put('draft.time', draftNs(step) / 1e6, 'ms', 3, 'step');
  const none = estimate(plain, { batch: 1, kvTokens: PAST });
  put('draft.share', (100 * draftNs(step)) / none.totals.decode.timeNs, '%', 2, 'step');
}

const DRAFT_LINES = /^(draft|drafter|beam_step|pack_beams|tree_mask)/;

/** Time of a step's drafting lines. */
function draftNs({ decode }: Estimate): number {
  return decode
    .filter(({ operator }) => DRAFT_LINES.test(operator))
    .reduce((ns, line) => ns + line.timeNs, 0);
}

/** Chapters 4, 8 and 10: acceptance, and both steps by the batch. */
function batchNumbers(): void {
  const shape = acceptanceOf(drafting).acceptance.shape(4, 4);
  put('tree.rows', 1 + shape.meanDraftTokens, '', 3, 'rows');
  put('tree.saved', 100 * (1 - (1 + shape.meanDraftTokens) / 20), '%', 2, 'rows');
  put('accept.tokensPerStep', shape.tokensPerStep, '', 3, 'acceptance');
  shape.survival.forEach((survival, i) => {
    put(`accept.survival.${i + 1}`, survival, '', 2, 'acceptance');
  });
  for (const task of ['chat', 'code', 'summarise', 'maths']) {
    const scenario = parseScenario({ speculation: { acceptance: task } }, 'story');
    const { tokensPerStep } = acceptanceOf(scenario).acceptance.shape(4, 4);
    put(`task.${task}`, tokensPerStep, '', 3, task === 'chat' ? 'acceptance' : 'tasks');
  }
  for (const batch of BATCHES) putBatch(batch);
  let crossover = 1;
  while (speedupAt(crossover) >= 1) crossover++;
  put('crossover', crossover, '', 2, 'step');
  const costs = (batch: number) => numbers[`batch.${batch}.dollars.plain`]!.value;
  put('dollars.batching', costs(1) / costs(64), '', 2, 'price');
  const one = pair(1);
  const ratio = one.with_.totals.decode.timeNs / one.without.totals.decode.timeNs;
  put('break.1', ratio, '', 3, 'step');
  const memory = estimate(drafting, { batch: 1 }).memory;
  put('kv.perToken', memory.kvBytesPerToken / 1024, '', 3, 'counted');
  put('kv.tokens', memory.kvBlocks * drafting.serving.tokensPerBlock, '', 3, 'memory');
}

function pair(batch: number, kvTokens = PAST) {
  const without = estimate(plain, { batch, kvTokens });
  const with_ = estimate(drafting, { batch, kvTokens });
  const gain =
    (with_.setting.tokensPerStep * without.totals.decode.timeNs) / with_.totals.decode.timeNs;
  return { without, with_, gain };
}

function speedupAt(batch: number): number {
  return pair(batch).gain;
}

/** One row of the table of chapter 8, and of the ones on energy and cost in chapter 11. */
function putBatch(batch: number): void {
  const { without, with_, gain } = pair(batch);
  const before = without.totals.decode;
  const after = with_.totals.decode;
  const { tokensPerStep, rowsPerRequest } = with_.setting;
  put(`batch.${batch}.rows`, batch * rowsPerRequest, '', 3, 'rows');
  put(`batch.${batch}.plain`, before.timeNs / 1e6, 'ms', 3, 'step');
  put(`batch.${batch}.drafting`, after.timeNs / 1e6, 'ms', 3, 'step');
  put(`batch.${batch}.draft`, draftNs(with_) / 1e6, 'ms', 3, 'step');
  put(`batch.${batch}.speedup`, gain, '×', 3, 'step');
  put(`batch.${batch}.verify`, (after.timeNs - draftNs(with_)) / before.timeNs, '×', 3, 'step');
  const joules = { before: before.joules / batch, after: after.joules / (batch * tokensPerStep) };
  put(`batch.${batch}.watts.plain`, (before.joules * 1e9) / before.timeNs, 'W', 3, 'power');
  put(`batch.${batch}.watts.drafting`, (after.joules * 1e9) / after.timeNs, 'W', 3, 'power');
  put(`batch.${batch}.joules.plain`, joules.before, 'J', 2, 'power');
  put(`batch.${batch}.joules.drafting`, joules.after, 'J', 2, 'power');
  put(`batch.${batch}.joules.gain`, joules.before / joules.after, '×', 3, 'power');
  const dollars = (seconds: number, tokens: number) =>
    ((seconds * H100.price.typical) / 3600 / tokens) * 1e6;
  put(`batch.${batch}.dollars.plain`, dollars(before.timeNs / 1e9, batch), '$', 2, 'price');
  const drafted = dollars(after.timeNs / 1e9, batch * tokensPerStep);
  put(`batch.${batch}.dollars.drafting`, drafted, '$', 2, 'price');
}

/** Chapter 7: what a hand-over to a runtime costs a step; chapter 8: long contexts. */
function placementNumbers(): void {
  const speculation = { placement: 'runtime' } as const;
  const runtime = parseScenario({ speculation }, 'story');
  for (const batch of [1, 8]) {
    const inside = estimate(drafting, { batch, kvTokens: PAST }).totals.decode.timeNs;
    const beside = estimate(runtime, { batch, kvTokens: PAST }).totals.decode.timeNs;
    put(`placement.${batch}.engine`, inside / 1e6, 'ms', 3, 'step');
    put(`placement.${batch}.runtime`, beside / 1e6, 'ms', 3, 'step');
    put(`placement.${batch}.cost`, (beside - inside) / 1e6, 'ms', 2, 'step');
  }
  for (const kvTokens of [1000, 8000, 32000]) {
    const { gain, with_ } = pair(8, kvTokens);
    put(`context.${kvTokens}.speedup`, gain, '×', 3, 'step');
    put(`context.${kvTokens}.batch`, with_.setting.batch, '', 3, 'step');
  }
}

function publishedNumber(
  table: string,
  where: (cell: (typeof publishedTables)[number]['cells'][number]) => boolean,
  field: 'tokensPerSecond' | 'tokensPerStep' | 'speedup',
): number {
  const value = publishedTables.find(({ id }) => id === table)?.cells.find(where)?.[field];
  if (value === undefined) throw new Error(`no such cell of ${table}`);
  return value;
}

/** Chapters 3, 9 and 12: cells of published tables, from the fixtures. */
function publishedNumbers(): void {
  for (const batch of [1, 8, 40]) {
    for (const beams of [1, 2, 4, 8, 16, 32, 64]) {
      const value = publishedNumber(
        'redrafter-paper-table-3',
        (cell) => cell.batch === batch && cell.beams === beams,
        'tokensPerSecond',
      );
      put(`table3.${batch}.${beams}`, value, '', 5, 'table3');
    }
  }
  for (const beams of [1, 2, 4, 16, 64]) {
    const of = (field: 'tokensPerStep' | 'speedup') =>
      publishedNumber(
        'redrafter-paper-table-4',
        (cell) => cell.series === 'distilled' && cell.beams === beams,
        field,
      );
    put(`table4.${beams}.tokens`, of('tokensPerStep'), '', 3, 'table4');
    put(`table4.${beams}.speedup`, of('speedup'), '×', 3, 'table4');
  }
  const ratio = (batch: number) =>
    numbers[`table3.${batch}.64`]!.value / numbers[`table3.${batch}.1`]!.value;
  put('table3.1.ratio', ratio(1), '×', 3, 'table3');
  put('table3.40.ratio', ratio(40), '×', 2, 'table3');
  const gain = numbers['table4.64.speedup']!.value / numbers['table4.1.speedup']!.value;
  put('table4.ratio', gain, '×', 3, 'table4');
  for (const size of ['7B', '13B', '33B']) {
    const cell = (field: 'tokensPerStep' | 'speedup') =>
      publishedNumber(
        'redrafter-paper-table-1',
        ({ series, task }) => series === `ReDrafter Vicuna ${size}` && task === 'MT-Bench',
        field,
      );
    put(`table1.${size}.tokens`, cell('tokensPerStep'), '', 3, 'table1');
    put(`table1.${size}.speedup`, cell('speedup'), '×', 3, 'table1');
  }
  const cost = numbers['table1.7B.tokens']!.value / numbers['table1.7B.speedup']!.value;
  put('table1.7B.cost', cost, '×', 2, 'table1');
  const other = (wanted: string, field: 'tokensPerStep' | 'speedup') =>
    publishedNumber(
      'redrafter-paper-table-1',
      ({ series, task }) => series === wanted && task === 'MT-Bench',
      field,
    );
  put('table1.7B.medusa', other('Medusa Vicuna 7B', 'tokensPerStep'), '', 3, 'table1');
  put('table1.13B.eagle.tokens', other('EAGLE Vicuna 13B', 'tokensPerStep'), '', 3, 'table1');
  put('table1.13B.eagle.speedup', other('EAGLE Vicuna 13B', 'speedup'), '×', 3, 'table1');
  const undistilled = publishedNumber(
    'redrafter-paper-table-4',
    (cell) => cell.series === 'not distilled' && cell.beams === 64,
    'tokensPerStep',
  );
  put('table4.64.undistilled', undistilled, '', 3, 'table4');
  for (const series of ['Medusa', 'EAGLE', 'EAGLE-2', 'EAGLE-3']) {
    const cell = (field: 'tokensPerStep' | 'speedup') =>
      publishedNumber(
        'eagle-3-paper-table-1',
        (row) => row.series === series && row.task === 'MT-Bench',
        field,
      );
    put(`eagle.${series}.tokens`, cell('tokensPerStep'), '', 3, 'eagle');
    put(`eagle.${series}.speedup`, cell('speedup'), '×', 3, 'eagle');
  }
}

/** Output tokens/s by concurrency, as published in vLLM's pull request 52362. */
const VLLM = {
  concurrency: [4, 8, 16, 32, 64, 128, 256],
  none: [382, 729, 1343, 2393, 4095, 6341, 8879],
  fixed: [970, 1763, 2910, 4756, 6712, 8779, 7852],
  confidence: [902, 1617, 2774, 4501, 7144, 10356, 13325],
} as const;

function vllmNumbers(): void {
  VLLM.concurrency.forEach((concurrency, i) => {
    for (const schedule of ['fixed', 'confidence'] as const) {
      const ratio = VLLM[schedule][i]! / VLLM.none[i]!;
      put(`vllm.${concurrency}.${schedule}`, ratio, '×', 3, 'vllm');
    }
  });
}

/** llama.cpp's pull request 25173: one drafter and model, two kinds of text. */
function llamaNumbers(): void {
  for (const [name, task] of [
    ['code', 'HumanEval'],
    ['chat', 'MT-Bench'],
  ] as const) {
    const value = publishedNumber(
      'llama-cpp-dflash-dspark',
      (cell) => cell.series === 'DFlash Qwen3, second' && cell.task === task,
      'speedup',
    );
    put(`llama.${name}`, value, '×', 3, 'llama');
  }
}

/** Table 2, Metal: the best and the widest shape of each machine. */
function metalNumbers(): void {
  for (const [name, series] of [
    ['m1', 'M1 Max Vicuna 7B'],
    ['m2', 'M2 Ultra Vicuna 7B'],
    ['m2.33B', 'M2 Ultra Vicuna 33B'],
  ] as const) {
    for (const beams of [1, 3, 4]) {
      const value = publishedNumber(
        'redrafter-paper-table-2',
        (cell) => cell.series === series && cell.beams === beams,
        'speedup',
      );
      put(`metal.${name}.${beams}`, value, '×', 3, 'table2');
    }
  }
  const slow = publishedNumber(
    'redrafter-paper-table-2',
    (cell) => cell.series === 'M2 Ultra Vicuna 33B' && cell.beams === 4,
    'tokensPerSecond',
  );
  put('metal.m2.33B.rate', slow, '', 3, 'table2');
}

/** How far the model is from measurements: the stored comparison, points that no fit has seen. */
function validationNumbers(): void {
  const { rows } = storedValidation as Validation;
  const row = rows.find(
    ({ quantity, gpu, part }) =>
      quantity === 'time per output token, ms' && gpu === 'all' && part === 'held out',
  )!;
  put('validation.points', row.count, '', 3, 'validation');
  put('validation.median', 100 * row.median, '%', 2, 'validation');
  put('validation.p90', 100 * row.p90, '%', 2, 'validation');
}

memoryNumbers();
drafterNumbers();
batchNumbers();
placementNumbers();
publishedNumbers();
metalNumbers();
vllmNumbers();
llamaNumbers();
validationNumbers();

export const storyNumbers: Readonly<Record<string, StoryNumber>> = numbers;
