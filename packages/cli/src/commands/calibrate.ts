import { closeSync } from 'node:fs';
import { basename } from 'node:path';
import { numberText, quantityNames } from '@beamline/figures';
import {
  calibratedHardware,
  engineOf,
  type FittedName,
  fitOverheads,
  fittedNames,
  inputError,
  measuredQuantities,
  type OverheadsFit,
  type Predict,
  parseMeasurements,
  type RecordedSlice,
  type Run,
  type Scenario,
  scenarioAt,
  type Target,
} from '@beamline/simulator';
import type { Context } from '../context.ts';
import { openToRead, readChunk, readText, writeAtomically } from '../files.ts';
import type { Result } from '../result.ts';
import type { Cell, Table } from '../table.ts';
import { commandLine, shellWord } from '../words.ts';
import { recordedFrom } from './replay.ts';

/** `beamline calibrate MEASUREMENTS [SCENARIO]`: fit an engine's overheads to a deployment. */
export async function calibrateCommand(context: Context<'calibrate'>): Promise<Result> {
  const { positionals } = context.parsed;
  const { outHardware, force } = context.values;
  const [file] = positionals;
  if (file === undefined || file === '-') {
    throw inputError('calibrate: needs a file of measurements. See beamline help calibrate.');
  }
  const study = await studyOf(context, file);
  const fit = await fitOverheads(study.targets, study.predict);
  const source =
    `beamline calibrate on ${study.targets.length} figures of ${basename(file)}: mean error ` +
    `${percentText(fit.before.mean)} before, ${percentText(fit.crossValidated.mean)} ` +
    'cross-validated';
  const origin = { kind: 'modelled', source } as const;
  const hardware = calibratedHardware(study.scenario, fit.factors, fit.spread, origin);
  const isWritten = outHardware !== null && (fit.improves || force);
  if (isWritten) {
    const text = `${JSON.stringify(hardware, null, 2)}\n`;
    writeAtomically(context.path(outHardware), outHardware, text);
  }
  const { targets, ...rest } = fit;
  return {
    data: { version: 1, ...rest, targets, hardware, written: isWritten ? outHardware : null },
    tables: [targetTable(fit), errorTable(fit), factorTable(study.scenario, fit)],
    closing: closingOf(fit, file, outHardware, isWritten),
    exitCode: 0,
  };
}

/** What is fitted to, and how to predict it. */
interface Study {
  scenario: Scenario;
  targets: Target[];
  predict: Predict;
}

/** Largest file of measurements: it is read whole. */
const MAX_BYTES = 1 << 20;

async function studyOf(context: Context<'calibrate'>, file: string): Promise<Study> {
  const head = firstLine(context, file);
  return /"(arrivalSeconds|arrival_time)"/.test(head)
    ? recordedStudy(context, file)
    : pointStudy(context, file);
}

/** The start of the file is enough to tell the two kinds apart. */
function firstLine(context: Context, file: string): string {
  const fd = openToRead(context.path(file), file);
  try {
    const buffer = new Uint8Array(4096);
    const count = readChunk(fd, buffer, file);
    return new TextDecoder().decode(buffer.subarray(0, count)).split('\n')[0]!;
  } finally {
    closeSync(fd);
  }
}

/** Every point is a fold of its own. */
async function pointStudy(context: Context<'calibrate'>, file: string): Promise<Study> {
  const points = parseMeasurements(readText(context.path(file), file, MAX_BYTES), file);
  const { assignments, positionals } = context.parsed;
  const { given, complete } = context.scenarioFrom(positionals[1], assignments);
  const scenario = complete(given);
  const scenarios = points.map((point) => scenarioAt(scenario, point));
  await context.prepare(scenarios);
  const targets = points.flatMap(({ label, values }, fold) =>
    values.map(({ quantity, value }) => ({ label, quantity, measured: value, fold })),
  );
  let done = 0;
  const predict: Predict = async (factors) => {
    const runs = await Promise.all(
      scenarios.map(async (one) => {
        const run = await context.simulate(one, { withBaseline: false, factors });
        context.progress(`${numberText(++done, 6)} simulations`);
        return run;
      }),
    );
    return points.flatMap(({ values, where }, i) =>
      values.map(({ quantity }) => {
        return requireNumber(
          measuredQuantities[quantity](runs[i]!.metrics),
          `${where}: ${quantity}`,
        );
      }),
    );
  };
  return { scenario, targets, predict };
}

function requireNumber(value: number, what: string): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw inputError(`${what} cannot be predicted: no request of that load has one.`);
}

/** Halves of a recorded run that are left out in turn. */
const HALVES = 2;
const RECORDED_QUANTITIES = ['ttftMs', 'tpotMs', 'e2eMs'] as const;

/** The means of both halves of the requests, in order of arrival; each half is a fold. */
async function recordedStudy(context: Context<'calibrate'>, file: string): Promise<Study> {
  const { assignments, positionals } = context.parsed;
  const run = recordedFrom(context, file);
  const all = [
    { path: 'workload.kind', text: 'trace', by: 'calibrate' },
    { path: 'workload.trace', text: JSON.stringify(file), by: 'calibrate' },
    ...assignments,
  ];
  const { given, complete } = context.scenarioFrom(positionals[1], all);
  const scenario = complete(given);
  await context.prepare([scenario]);
  const recorded: RecordedSlice = { run, from: 0, to: run.e2eMs.length, parts: HALVES };
  const simulate = (factors?: Parameters<Predict>[0]) =>
    context.simulate(scenario, {
      withBaseline: false,
      recorded,
      ...(factors === undefined ? {} : { factors }),
    });
  const means = (one: Run, side: 'meanRecorded' | 'meanSimulated') =>
    one.replay!.parts!.flatMap(({ quantities, from, to }, fold) =>
      RECORDED_QUANTITIES.map((quantity) => {
        const found = quantities.find((other) => other.quantity === quantity)!;
        const label = `requests ${from + 1} to ${to}`;
        const measured = requireNumber(found[side], `${file}: ${label}: ${quantity}`);
        return { label, quantity, measured, fold };
      }),
    );
  const targets = means(await simulate(), 'meanRecorded');
  let done = 0;
  const predict: Predict = async (factors) => {
    const result = await simulate(factors);
    context.progress(`${numberText(++done, 6)} simulations`);
    return means(result, 'meanSimulated').map(({ measured }) => measured);
  };
  return { scenario, targets, predict };
}

function percentText(share: number): string {
  return `${numberText(100 * share)} %`;
}

const names: Record<string, string> = {
  ...quantityNames,
  outputTokensPerSecond: 'output tokens per second',
  requestsPerSecond: 'requests per second',
};

/** Every measured number beside its predictions. */
function targetTable({ targets }: OverheadsFit): Table {
  const error = (predicted: number, measured: number) => 100 * (predicted / measured - 1);
  return {
    title: '',
    columns: [
      { name: 'point' },
      { name: 'quantity' },
      { name: 'measured' },
      { name: 'before' },
      { name: 'left out' },
      { name: 'error before', unit: '%', digits: 3 },
      { name: 'error left out', unit: '%', digits: 3 },
      { name: 'error fitted', unit: '%', digits: 3 },
    ],
    rows: targets.map(({ label, quantity, measured, before, heldOut, fitted }) => [
      label,
      names[quantity]!,
      measured,
      before,
      heldOut,
      error(before, measured),
      error(heldOut, measured),
      error(fitted, measured),
    ]),
  };
}

function errorTable({ before, inSample, crossValidated }: OverheadsFit): Table {
  const row = (name: string, { mean, median, worst }: typeof before): Cell[] => [
    name,
    100 * mean,
    100 * median,
    100 * worst,
  ];
  const unit = { unit: '%', digits: 3 };
  return {
    title: 'Absolute errors',
    columns: [
      { name: 'predictions' },
      { name: 'mean', ...unit },
      { name: 'median', ...unit },
      { name: 'worst', ...unit },
    ],
    rows: [
      row('before', before),
      row('after, each point left out of its own fit', crossValidated),
      row('after, on the points of the fit itself', inSample),
    ],
  };
}

const meanings: Record<FittedName, string> = {
  memory: 'achieved share of the memory rate',
  compute: 'achieved share of the matrix rate',
  host: 'host time per step and per layer',
  request: 'host time per request',
};

function factorTable(scenario: Scenario, fit: OverheadsFit): Table {
  const { overheads, hardware, model } = engineOf(scenario);
  const { memoryShare, computeShare } = hardware.gemm[scenario.precision.weights];
  const before: Record<FittedName, number> = {
    memory: memoryShare,
    compute: computeShare,
    host: (overheads.perStepNs + model.layers * overheads.perLayerNs) / 1e3,
    request: overheads.perRequestNs / 1e3,
  };
  return {
    title: 'Parameters (modelled; fitted to the measurements)',
    columns: [
      { name: 'parameter' },
      { name: 'unit' },
      { name: 'before' },
      { name: 'after' },
      { name: 'factor', digits: 3 },
      { name: 'spread', unit: '%', digits: 2 },
      { name: 'note' },
    ],
    rows: fittedNames.map((name) => [
      meanings[name],
      name === 'host' || name === 'request' ? 'µs' : 'share',
      before[name],
      before[name] * fit.factors[name],
      fit.factors[name],
      100 * fit.spread[name],
      fit.bounded.includes(name) ? 'at its bound' : '',
    ]),
  };
}

function closingOf(
  fit: OverheadsFit,
  file: string,
  outHardware: string | null,
  isWritten: boolean,
): string[] {
  const { before, crossValidated, improves, bounded } = fit;
  const errors =
    `mean error ${percentText(before.mean)} before, ${percentText(crossValidated.mean)} after ` +
    '(cross-validated)';
  const most = [...fittedNames].sort(
    (a, b) => Math.abs(Math.log(fit.factors[b])) - Math.abs(Math.log(fit.factors[a])),
  )[0]!;
  const bounds =
    bounded.length === 0
      ? ''
      : `; ${bounded.map((name) => meanings[name]).join(' and ')} ended at a bound: see ` +
        'whether the measurements are those of this model, GPU and load';
  const why = `Why: ${meanings[most]} changed most, by ${numberText(fit.factors[most])}×${bounds}.`;
  if (!improves && !isWritten) {
    const kept = outHardware === null ? '' : `; ${outHardware} is not written (--force would)`;
    return [`Result: the calibration does not help: ${errors}${kept}.`, why];
  }
  if (!isWritten) {
    const again = commandLine('calibrate', shellWord(file), '… --out-hardware hardware.json');
    return [`Result: the calibration helps: ${errors}.`, why, `Dig deeper: ${again}`];
  }
  const place = /[/\\]|\.json$/i.test(outHardware!) ? outHardware! : `./${outHardware}`;
  const use = commandLine('simulate', `--gpu ${shellWord(place)}`);
  const result = improves ? 'helps' : 'does not help, and is written all the same';
  return [
    `Result: the calibration ${result}: ${errors}.`,
    `Wrote ${outHardware}.`,
    why,
    `Dig deeper: ${use}`,
  ];
}
