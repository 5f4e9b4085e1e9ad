/**
 * A GPU's file with its curves fitted anew: figures, errors and ranges where it was measured; where
 * it was not, the attention curves of the nearest measured GPU, scaled, and an origin that says so.
 */
import type { EngineFixture, Figure, HardwareFixture, OperatorFit } from '@beamline/fixtures';
import type { CurveFit } from './curve-fit.ts';
import type { EngineFit } from './engine-fit.ts';
import type { ErrorSummary } from './errors.ts';
import type { OperatorCurveFit } from './operator-fits.ts';

/** Whose attention an unmeasured GPU is taken to have, and how its achieved shares compare. */
const families: Readonly<Record<string, { like: string; memory: number; compute: number }>> = {
  'h100-pcie': { like: 'h100-sxm', memory: 1, compute: 1 },
  'h100-nvl': { like: 'h100-sxm', memory: 1, compute: 1 },
  'h200-sxm': { like: 'h100-sxm', memory: 1, compute: 1 },
  'b200-sxm': { like: 'h100-sxm', memory: 1, compute: 1 },
  l40s: { like: 'a100-sxm', memory: 1, compute: 1 },
  l4: { like: 'a100-sxm', memory: 1, compute: 1 },
  'rtx-4090': { like: 'a100-sxm', memory: 1, compute: 1 },
  mi300x: { like: 'h100-sxm', memory: 0.84, compute: 0.65 },
};

type Node = Record<string, unknown>;

function at(fixture: HardwareFixture, path: string): Record<string, Figure> {
  let node = fixture as unknown as Node;
  for (const key of path.split('.')) {
    node[key] ??= {};
    node = node[key] as Node;
  }
  return node as unknown as Record<string, Figure>;
}

function setFigures(
  fixture: HardwareFixture,
  path: string,
  figures: Readonly<Record<string, number>>,
  origin: string,
): void {
  const node = at(fixture, path);
  for (const [name, value] of Object.entries(figures)) {
    // A launch that the table's rows bear and a captured graph does not.
    if (name === 'floorNs') continue;
    node[name] = { value, origin };
  }
}

function originOf(operator: string): string {
  if (operator === 'gemm.fp8') return 'gemm-fp8';
  if (operator.startsWith('gemm.int')) return 'gemm-weight-only';
  if (operator.startsWith('gemm')) return 'gemm';
  if (operator === 'link.gather') return 'gather';
  return operator === 'link' ? 'allreduce' : 'attention';
}

function figuresAt(fixture: HardwareFixture, path: string): Record<string, number> {
  const node = at(fixture, path);
  return Object.fromEntries(Object.entries(node).map(([name, { value }]) => [name, value]));
}

/** What a narrow cache halves: bytes in flight. */
function narrowed(figures: Readonly<Record<string, number>>): Record<string, number> {
  const { rampNs = 0, requestHeadNs = 0 } = figures;
  return { ...figures, rampNs: rampNs / 2, requestHeadNs: requestHeadNs / 2 };
}

function copyPlainAttention(fixture: HardwareFixture): void {
  const plain = figuresAt(fixture, 'generationAttention.bf16.plain');
  setFigures(fixture, 'generationAttention.bf16.grouped', plain, 'attention');
  for (const sharing of ['plain', 'grouped']) {
    setFigures(fixture, `generationAttention.fp8.${sharing}`, narrowed(plain), 'attention');
  }
  const context = figuresAt(fixture, 'contextAttention.bf16');
  setFigures(fixture, 'contextAttention.fp8', context, 'attention');
}

function copyFamily(
  fixture: HardwareFixture,
  from: HardwareFixture,
  { memory, compute }: { memory: number; compute: number },
): void {
  const scaled = (figures: Record<string, number>) => {
    const { memoryShare = 1, computeShare } = figures;
    const share = { ...figures, memoryShare: Number((memoryShare * memory).toPrecision(4)) };
    if (computeShare === undefined) return share;
    return { ...share, computeShare: Number((computeShare * compute).toPrecision(4)) };
  };
  const paths = [
    'contextAttention.bf16',
    'contextAttention.fp8',
    ...['bf16', 'fp8'].flatMap((kv) => {
      return [`generationAttention.${kv}.plain`, `generationAttention.${kv}.grouped`];
    }),
  ];
  for (const path of paths) setFigures(fixture, path, scaled(figuresAt(from, path)), 'attention');
  fixture.origins['attention'] = {
    kind: 'assumed',
    source: `no measurement of this GPU; the figures of ${from.name}, to its own peaks`,
  };
}

const sources: Readonly<Record<string, string>> = {
  gemm: 'products',
  'gemm-fp8': 'fp8 products; their launch of 12 µs counts as 5 µs inside a captured graph',
  'gemm-weight-only': 'weight-only products; their launch of 10 to 14 µs counts as 7 µs',
  attention: 'attention',
  allreduce: 'custom all-reduce',
  gather: 'all-gather of the communication library',
};

/**
 * The all-reduce through the switch, fitted with the engine: GPUs of the family have it too.
 */
function setSwitch(fixture: HardwareFixture, engines: readonly EngineFit[]): void {
  const { reduceBytesPerSecond, twoShotNs } = engines[0]?.figures ?? {};
  if (fixture.link.reduceBytesPerSecond === undefined) return;
  if (reduceBytesPerSecond === undefined || twoShotNs === undefined) return;
  setFigures(fixture, 'link', { reduceBytesPerSecond, twoShotNs }, 'reduce');
  fixture.origins['reduce'] = {
    kind: 'modelled',
    source:
      'all-reduce in the switch, fitted with the overheads of TensorRT-LLM on one third of ' +
      'published times per output token on 1 to 8 H100 (aiconfigurator, Apache-2.0)',
  };
}

/** A family's gather holds where its link does. */
function copyGather(fixture: HardwareFixture, from: HardwareFixture): void {
  if (fixture.link.kind !== from.link.kind || fixture.link.peers !== from.link.peers) return;
  setFigures(fixture, 'link.gather', figuresAt(from, 'link.gather'), 'gather');
  fixture.origins['gather'] = {
    kind: 'assumed',
    source: `no measurement of this GPU; the all-gather of ${from.name}`,
  };
}

/** An engine's file with its overheads fitted anew; the round trip stays as assumed. */
export function refittedEngine(
  fixture: EngineFixture,
  engines: readonly EngineFit[],
): EngineFixture {
  const fit = engines.find(({ engine }) => engine === fixture.id);
  if (fit === undefined) return fixture;
  const { perStepNs, perLayerNs, perRequestNs } = fit.figures as EngineFixture['overheads'];
  return {
    ...fixture,
    origin: {
      kind: 'modelled',
      source:
        `fitted on one third of published ${fixture.name} times per output token on H100 ` +
        '(aiconfigurator, Apache-2.0); the host round trip is assumed',
    },
    overheads: { ...fixture.overheads, perStepNs, perLayerNs, perRequestNs },
    fit: { ...errorFigures(fit), range: fit.range },
  };
}

function errorFigures(fit: CurveFit): Pick<OperatorFit, 'inSample' | 'crossValidated' | 'heldOut'> {
  const rounded = ({ count, median, p90, bias }: ErrorSummary) => {
    return { count, median: digits(median), p90: digits(p90), bias: digits(bias) };
  };
  const { inSample, crossValidated, heldOut } = fit;
  return {
    inSample: rounded(inSample),
    crossValidated: rounded(crossValidated),
    heldOut: rounded(heldOut),
  };
}

/** @param load gives the file of a GPU that another one copies from */
export function refittedFixture(
  fixture: HardwareFixture,
  allFits: readonly OperatorCurveFit[],
  engines: readonly EngineFit[],
  load: (id: string) => HardwareFixture,
): HardwareFixture {
  const made = structuredClone(fixture);
  const family = families[made.id];
  if (family !== undefined) {
    copyFamily(made, load(family.like), family);
    copyGather(made, load(family.like));
    made.fits = [];
    setSwitch(made, engines);
    return made;
  }
  const fits = allFits.filter(({ gpu }) => gpu === made.id);
  made.fits = fits.map((fit): OperatorFit => {
    const origin = originOf(fit.operator);
    setFigures(made, fit.operator, fit.figures, origin);
    made.origins[origin] = { kind: 'modelled', source: `${sources[origin]}, ${fit.source}` };
    const { operator, source, range } = fit;
    return { operator, source, ...errorFigures(fit), range };
  });
  if (!fits.some(({ operator }) => operator.startsWith('generationAttention.fp8'))) {
    copyPlainAttention(made);
  }
  setSwitch(made, engines);
  return made;
}

function digits(share: number): number {
  // Plus nothing, so that no −0 is written.
  return Math.round(share * 1e4) / 1e4 + 0;
}
