/**
 * A page for every operator, from its record: tensors, axes, what it must at least cost at two
 * batches, its cases to run in the page, and the text of its folder.
 */

import { floorOf } from '@beamline/bench';
import type { Language } from '@beamline/figures/frame';
import {
  bytesPerElement,
  type Dtype,
  type Operator,
  operators,
  type TensorSpec,
} from '@beamline/kernels';
import { suites } from '@beamline/kernels/suites';
import { wgslKernels } from '@beamline/kernels/wgsl';
import { hardwareOf } from '@beamline/simulator';
import { operatorSummariesJa, operatorWords } from './operator-words.ts';
import { code, englishBody, type GeneratedPage, plain, table } from './page.ts';

const readmes = import.meta.glob<string>('../../../../kernels/*/README.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Extents of an 8-billion-parameter model with 4 beams of 4 tokens, by the name of the axis. */
export function extentsAt(requests: number): Record<string, number> {
  const beams = 4;
  const draftLength = 4;
  const rows = requests * (beams * draftLength + 1);
  return {
    requests,
    beams,
    draftLength,
    step: 2,
    rows: requests * beams,
    treeTokens: rows,
    kept: requests * 9,
    maxTreeTokens: beams * draftLength + 1,
    hidden: 4096,
    exit: 4096,
    vocab: 128256,
    candidates: 4,
    queryHeads: 32,
    kvHeads: 8,
    headDim: 128,
    kvTokens: requests * 1000,
    tokensPerBlock: 64,
    layers: 32,
    movedTokens: requests * 2,
    copiedRows: rows,
    draws: 16,
  };
}

const GPU = 'h100-sxm';
const BATCHES = [1, 32] as const;

function peaks() {
  const gpu = hardwareOf(GPU);
  return {
    hardware: gpu.name,
    bytesPerSecond: gpu.memoryBytesPerSecond,
    flopPerSecond: gpu.bf16FlopPerSecond,
    expPerSecond: gpu.expPerSecond,
    launchNs: gpu.kernelNs,
  };
}

const prefixes: readonly [number, string][] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

export function quantity(value: number, unit: string): string {
  for (const [size, prefix] of prefixes) {
    if (value >= size) return `${(value / size).toPrecision(3)} ${prefix}${unit}`;
  }
  return `${value} ${unit}`;
}

function costRows(operator: Operator, language: Language): string[][] {
  return BATCHES.map((requests) => {
    const extents = extentsAt(requests);
    const missing = operator.axes.find(({ name }) => extents[name] === undefined);
    if (missing !== undefined) throw new Error(`${operator.name}: no extent for ${missing.name}`);
    const work = operator.cost(extents, { float: 'bf16', kv: 'bf16' });
    const floor = floorOf(work, peaks());
    return [
      String(requests),
      quantity(work.bytes, 'B'),
      quantity(work.flop, 'FLOP'),
      quantity(work.exps, ''),
      String(work.launches),
      `${(floor.ns / 1000).toPrecision(3)} µs`,
      operatorWords[language].bounds[floor.bound],
    ];
  });
}

/** The extents that the costs were evaluated at, per batch. */
function extentsText(operator: Operator): string {
  const at = BATCHES.map((requests) => {
    const extents = extentsAt(requests);
    return operator.axes.map(({ name }) => `${name} ${extents[name]}`).join(', ');
  });
  return `<p class="source">${[...new Set(at)].map(plain).join('<br>')}</p>`;
}

function tensorRows(tensors: readonly TensorSpec[]): string[][] {
  return tensors.map(({ name, dtype, shape, meaning }) => [
    code(name),
    code(dtype in { float: 1, kv: 1 } ? dtype : `${dtype}, ${bytesPerElement(dtype as Dtype)} B`),
    code(`[${shape.join(', ')}]`),
    plain(meaning),
  ]);
}

function attributeTable({ attributes }: Operator, language: Language): string {
  if (attributes.length === 0) return '';
  const words = operatorWords[language];
  const rows = attributes.map(({ name, meaning, value, min, max }) => [
    code(name),
    plain(meaning),
    String(value),
    `${min} – ${max}`,
  ]);
  return `## ${words.attributes}\n\n${table(words.attributeColumns, rows, [2, 3])}`;
}

/** The runner of cases; without script it lists them. */
function caseRunner(operator: Operator, language: Language): string {
  const suite = suites.find((one) => one.operator.name === operator.name)!;
  const ids = suite.cases().map(({ id }) => id);
  const words = operatorWords[language];
  const hasShader = wgslKernels.some((kernel) => kernel.operator.name === operator.name);
  const webgpu = hasShader ? ' webgpu' : '';
  const list = ids.map((id) => `<li><code>${id}</code></li>`).join('');
  return [
    `## ${words.cases}`,
    '',
    words.casesLead(ids.length),
    '',
    `<div class="not-content"><bl-case-runner operator="${operator.name}"${webgpu}><details>` +
      `<summary>${words.listed(ids.length)}</summary><ul>${list}</ul></details>` +
      '</bl-case-runner></div>',
  ].join('\n');
}

function folderText(operator: Operator, language: Language): string {
  const readme = readmes[`../../../../kernels/${operator.name}/README.md`];
  if (readme === undefined) throw new Error(`kernels/${operator.name} has no README.md`);
  const body = readme
    .replace(/^# .*\n+/, '')
    .replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, '$1')
    .replace(/^(#+) /gm, '#$1 ')
    .trim();
  const frame = language === 'ja' ? `${englishBody}\n` : '';
  return `## ${operatorWords[language].design}\n\n${frame}${body}`;
}

function operatorPage(operator: Operator, language: Language): GeneratedPage {
  const words = operatorWords[language];
  const { name, meaning, source, inputs, outputs, axes, extents } = operator;
  const summary = language === 'ja' ? operatorSummariesJa[name]! : operator.summary;
  const axisRows = [...axes, ...extents].map((axis) => [
    code(axis.name),
    plain(axis.meaning),
    `${axis.min} – ${axis.max}`,
  ]);
  const body = [
    `**${plain(summary)}.** ${plain(meaning)}`,
    `<p class="source">${words.source}: ${plain(source)}</p>`,
    `## ${words.inputs}`,
    table(words.tensorColumns, tensorRows(inputs)),
    `## ${words.outputs}`,
    table(words.tensorColumns, tensorRows(outputs)),
    attributeTable(operator, language),
    `## ${words.axes}`,
    table(words.axisColumns, axisRows, [2]),
    `## ${words.cost}`,
    words.costLead(hardwareOf(GPU).name),
    table(words.costColumns, costRows(operator, language), [0, 1, 2, 3, 4, 5]),
    extentsText(operator),
    caseRunner(operator, language),
    folderText(operator, language),
  ];
  return {
    id: `reference/operators/${name}`,
    title: name,
    description: plain(summary),
    body: body.filter((part) => part !== '').join('\n\n'),
  };
}

function indexPage(language: Language): GeneratedPage {
  const words = operatorWords[language];
  const prefix = language === 'ja' ? '/ja' : '';
  const rows = operators.map(({ name, summary }) => [
    `[${code(name)}](${prefix}/reference/operators/${name}/)`,
    plain(language === 'ja' ? operatorSummariesJa[name]! : summary),
  ]);
  const body = `${words.lead}\n\n${table(words.indexColumns, rows)}`;
  const { title, description } = words;
  return { id: 'reference/operators', title, description, body };
}

export function operatorPages(language: Language): GeneratedPage[] {
  return [indexPage(language), ...operators.map((one) => operatorPage(one as Operator, language))];
}
