import { numberText } from '@beamline/figures';
import {
  type Band,
  type Bands,
  type HeadlineMetric,
  headlineMetrics,
  headlineNames,
  type Run,
} from '@beamline/simulator';
import type { Cell, Column, Table } from './table.ts';

/** A run's bands as tables: headline numbers, speedups, and what was drawn. */

const headlines: Record<HeadlineMetric, readonly [name: string, unit: string]> = {
  outputTokensPerSecond: ['output tokens per second', 'tokens/s'],
  requestsPerSecond: ['requests per second', 'requests/s'],
  goodputRequestsPerSecond: ['goodput', 'requests/s'],
  tokensPerStep: ['tokens per step', 'tokens'],
  ttftMsMean: ['time to first token mean', 'ms'],
  ttftMsP95: ['time to first token p95', 'ms'],
  itlMsMean: ['inter-token latency mean', 'ms'],
  tpotMsP50: ['time per output token p50', 'ms'],
  e2eMsP50: ['end to end p50', 'ms'],
  e2eMsP95: ['end to end p95', 'ms'],
  averagePowerW: ['average power', 'W'],
  joulesPerOutputToken: ['energy per output token', 'J'],
  dollarsPerMillionOutputTokens: ['cost per million output tokens', '$'],
};

const speedups = {
  itlMean: 'speedup of the generation speed of a request',
  outputTokensPerSecond: 'speedup of output tokens per second',
  e2eP50: 'speedup of the median time to the whole answer',
  joulesPerOutputToken: 'gain in energy per output token',
} as const;

/** The name of each parameter that is drawn. */
const parameters: Record<keyof Bands['spread'], string> = {
  memory: 'achieved share of the memory rate',
  compute: 'achieved share of the matrix rate',
  host: 'host time per step and per layer',
  request: 'host time per request',
  acceptance: 'odds that a draft token is accepted',
};

const finite = (value: number | null) => (Number.isFinite(value) ? value : null);

function cells({ p10, p50, p90 }: Band): Cell[] {
  return [finite(p10), finite(p50), finite(p90)];
}

/** Nothing for a run without bands. */
export function bandTables({ bands, metrics, speedup }: Run): Table[] {
  if (bands === undefined) return [];
  const columns: Column[] = [
    { name: 'metric' },
    { name: 'unit' },
    { name: 'value' },
    { name: 'p10' },
    { name: 'p50' },
    { name: 'p90' },
    { name: 'without drafting p10' },
    { name: 'p90' },
  ];
  const rows = headlineNames.map((name): Cell[] => {
    const plain = bands.baseline?.[name];
    const beside = plain === undefined ? [null, null] : [finite(plain.p10), finite(plain.p90)];
    const value = finite(headlineMetrics[name](metrics));
    return [...headlines[name], value, ...cells(bands.metrics[name]), ...beside];
  });
  const ratios = (Object.keys(speedups) as (keyof typeof speedups)[]).flatMap((name) =>
    bands.speedup === null || speedup === null
      ? []
      : [[speedups[name], '×', finite(speedup[name]), ...cells(bands.speedup[name]), null, null]],
  );
  return [
    {
      title: `Bands: quantiles over ${bands.draws} draws (modelled)`,
      columns,
      rows: [...rows, ...ratios],
    },
    spreadTable(bands),
  ];
}

function spreadTable({ spread }: Bands): Table {
  const names = Object.keys(spread) as (keyof Bands['spread'])[];
  return {
    title: 'What was drawn, log-normal around its value; the price within its range',
    columns: [
      { name: 'parameter' },
      { name: 'spread', unit: '%', digits: 3 },
      { name: 'origin' },
      { name: 'source' },
    ],
    rows: names.map((name) => {
      const { value, origin } = spread[name];
      return [parameters[name], 100 * value, origin.kind, origin.source];
    }),
  };
}

/** `1.4× to 1.8×` */
export function bandText({ p10, p90 }: Band): string {
  if (!Number.isFinite(p10) || !Number.isFinite(p90)) return 'not known';
  return `${numberText(p10)}× to ${numberText(p90)}×`;
}

/** What the bands say of drafting, in one line. */
export function bandFindings({ bands }: Run): string[] {
  if (bands === undefined) return [];
  const { draws, speedup, overloadedShare, sloMetShare, samples } = bands;
  const parts: string[] = [];
  if (speedup !== null) {
    const pays = samples.filter((sample) => (sample.speedup?.itlMean ?? 0) >= 1).length;
    const share = `${numberText((100 * pays) / draws)} % of ${draws} draws`;
    parts.push(`speedup ${bandText(speedup.itlMean)}, at least 1× in ${share}`);
  }
  if (overloadedShare > 0) parts.push(`overloaded in ${numberText(100 * overloadedShare)} %`);
  if (sloMetShare !== null) parts.push(`SLO met in ${numberText(100 * sloMetShare)} %`);
  return [`Band: ${parts.length === 0 ? `${draws} draws` : parts.join('; ')}.`];
}
