import { numberText } from '@beamline/figures';
import {
  didYouMean,
  inputError,
  OBJECTIVES,
  type Objective,
  type SizeEntry,
  type SizeResult,
  type SizeSchedule,
  size,
} from '@beamline/simulator';
import type { Context } from '../context.ts';
import type { Result } from '../result.ts';
import { commandLine, scenarioWords } from '../words.ts';

/** `beamline size`: the smallest, cheapest or thriftiest fleet that meets an SLO. */
export async function sizeCommand(context: Context<'size'>): Promise<Result> {
  const base = context.scenario();
  if (base.slo === null) {
    throw inputError(
      'size: needs what to meet, such as --slo "ttft_p95 < 500ms and itl_p99 < 50ms".',
    );
  }
  const { objective, gpus, tensorParallel, schedules, maxGpus } = context.values;
  await context.prepare([base]);
  const result = await size(base, base.slo, {
    objective: objective as Objective,
    candidates: {
      ...(gpus === null ? {} : { gpus: listOf('--gpus', gpus) }),
      tensorParallel: listOf('--tensor-parallel', tensorParallel).map(degree),
      schedules: listOf('--schedules', schedules).map(scheduleName),
      maxGpus,
    },
    jobs: context.jobs,
    signal: context.ports.interrupt,
    run: (scenario, signal) => context.simulate(scenario, { withBaseline: false, signal }),
    onProgress: (done, total, runs) =>
      context.progress(`${done} of ${total} candidates, ${runs} simulations`),
  });
  return resultOf(result);
}

function listOf(name: string, text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) throw inputError(`${name} ${text}: has an empty value in its list.`);
  return items;
}

function degree(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 64) return value;
  throw inputError(`--tensor-parallel ${text}: must be integers from 1 to 64.`);
}

const SCHEDULES: readonly SizeSchedule[] = ['none', 'fixed', 'adaptive', 'confidence'];

function scheduleName(text: string): SizeSchedule {
  const name = SCHEDULES.find((known) => known === text);
  if (name !== undefined) return name;
  const hint = didYouMean(text, SCHEDULES);
  throw inputError(`--schedules ${text}: must be some of ${SCHEDULES.join(', ')}.${hint}`);
}

function resultOf(result: SizeResult): Result {
  const { metric, unit } = OBJECTIVES[result.objective];
  const countsGpus = result.objective === 'gpus';
  const rows = result.ranking.map((entry) => rowOf(entry, !countsGpus));
  const objectiveColumn = {
    name: result.objective,
    ...(unit === '' ? {} : { unit: unit.split(' ')[0]! }),
    digits: 3,
  };
  return {
    data: { version: 1, ...result },
    tables: [
      {
        title: `Fleets by ${metric}, for ${result.slo}`,
        columns: [
          { name: 'GPU' },
          { name: 'tensor parallel' },
          { name: 'drafting' },
          { name: 'status' },
          { name: 'replicas' },
          { name: 'GPUs' },
          ...(countsGpus ? [] : [objectiveColumn]),
          { name: 'TTFT p95', unit: 'ms' },
          { name: 'ITL p99', unit: 'ms' },
          { name: 'origin' },
          { name: 'what binds' },
        ],
        rows,
      },
      clausesTable(result),
    ],
    closing: closing(result),
    ...outcome(result),
  };
}

function nameOf(gpu: SizeEntry['gpu']): string {
  return typeof gpu === 'string' ? gpu : 'given inline';
}

/** With fewest GPUs as the objective, their number stands there already. */
function rowOf(entry: SizeEntry, hasObjective: boolean) {
  const { gpu, tensorParallel, schedule, status, fleet, binding, notes } = entry;
  const finite = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) ? value : null;
  return [
    nameOf(gpu),
    tensorParallel,
    schedule,
    status,
    finite(fleet?.replicas),
    finite(fleet?.gpus),
    ...(hasObjective ? [finite(fleet?.objective)] : []),
    finite(fleet?.metrics.ttftMs.p95),
    finite(fleet?.metrics.itlMs.p99),
    'modelled',
    [binding, ...notes].join('; ').replace(/\n/g, ' '),
  ];
}

function clausesTable(result: SizeResult) {
  const entry = result.best ?? result.closest?.entry ?? null;
  const clauses = entry?.fleet?.clauses ?? [];
  return {
    title: `Clauses of the ${result.best === null ? 'closest' : 'best'} fleet`,
    columns: [{ name: 'clause' }, { name: 'value', unit: 'ms' }, { name: 'met' }],
    rows: clauses.map((c) => [
      c.text,
      Number.isFinite(c.value) ? c.value : null,
      c.met ? 'yes' : 'no',
    ]),
  };
}

function closing({ best, closest, ranking, objective }: SizeResult): string[] {
  const entry = best ?? closest?.entry;
  if (entry === undefined || entry.fleet === null) {
    const why = ranking[0]?.binding.split('\n')[0] ?? 'there are no candidates';
    return ['Result: no fleet is feasible.', `Why: ${why}.`, 'Dig deeper: beamline estimate'];
  }
  const { gpus, replicas, scenario } = entry.fleet;
  const count = replicas === 1 ? '1 replica' : `${replicas} replicas`;
  const engines = `${count} of ${entry.tensorParallel}, drafting ${entry.schedule}`;
  const fleet = `${gpus} × ${nameOf(entry.gpu)} (${engines})`;
  const second = ranking.find((other) => other !== entry && other.status === 'meets');
  const lead =
    best !== null && second?.fleet
      ? `; next ${second.schedule} at tensor parallel ${second.tensorParallel} with ${numberText(
          second.fleet.objective,
        )} against ${numberText(entry.fleet.objective)}`
      : '';
  const result =
    best !== null
      ? `Result: least ${objective}: ${fleet}${lead}.`
      : `Result: nothing meets the level; closest: ${fleet}.`;
  return [
    result,
    `Why: ${entry.binding}.`,
    `Dig deeper: ${commandLine('simulate', scenarioWords(scenario))}`,
  ];
}

/** Does not fit: 3. Fits, but misses the level: 4. */
function outcome({ best, closest, ranking }: SizeResult): Pick<Result, 'exitCode' | 'reason'> {
  if (best !== null) return { exitCode: 0 };
  if (closest !== null) return { exitCode: 4, reason: `SLO not met: ${closest.why}` };
  return { exitCode: 3, reason: `no candidate is feasible: ${ranking[0]?.binding ?? ''}` };
}
