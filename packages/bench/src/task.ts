/**
 * The work of the bench in pieces that a process of its own can do: an operator's cases in one
 * variant on one device. A piece reports every case before it begins and after it ended, so that
 * whoever watches knows which one took the process down.
 */
import { emptyWork } from '@beamline/kernels';
import type { Case, OperatorSuite, Probe } from '@beamline/kernels/suites';
import { Draw, shrinkChoices } from '@beamline/kernels/suites';
import { type AxisRequest, axisCases } from './axes.ts';
import type { Device, DeviceName, DeviceTraits } from './device.ts';
import { inputError } from './error.ts';
import type { Finding, Oracles } from './modes/verify.ts';
import { effortOf, oraclesOf, verifyCase, verifyProbe } from './modes/verify.ts';
import type { Environment, KernelRecord } from './record.ts';

/** Cases by id, cases made from axes, or cases drawn from a seed. */
export type TaskCases =
  | { readonly kind: 'listed'; readonly ids: readonly string[] }
  | { readonly kind: 'axes'; readonly request: AxisRequest }
  | { readonly kind: 'drawn'; readonly seed: number; readonly from: number; readonly count: number }
  | { readonly kind: 'choices'; readonly choices: readonly number[] };

export interface VerifyTask {
  readonly operator: string;
  readonly variant: string;
  readonly device: DeviceName;
  readonly cases: TaskCases;
}

/** What a drawn case came from, so that it can be drawn again. */
export interface Drawn {
  readonly choices: readonly number[];
  /** The same failure with the fewest and smallest choices, or null where it was not sought. */
  readonly shrunk: readonly number[] | null;
}

export type TaskEvent =
  | { readonly kind: 'begin'; readonly id: string; readonly index: number }
  | { readonly kind: 'end'; readonly record: KernelRecord; readonly drawn: Drawn | null };

/** Shown for the variant that the library chooses by itself. */
export const AUTO = 'auto';

function shownVariant(variant: string): string {
  return variant === '' ? AUTO : variant;
}

/** The record of a case that was checked, not timed. */
export function verifyRecord(
  device: DeviceTraits,
  suite: OperatorSuite,
  call: Pick<Case, 'id' | 'axes' | 'dtypes'>,
  variant: string,
  finding: Finding,
  environment: Environment,
  mode: 'verify' | 'fuzz' = 'verify',
): KernelRecord {
  const work = emptyWork();
  suite.operator.cost(call.axes, call.dtypes, work);
  return {
    version: 1,
    mode,
    operator: suite.operator.name,
    case: call.id,
    variant: shownVariant(variant),
    device: device.name,
    deviceTitle: device.facts.title,
    status: finding.status,
    message: finding.message,
    checks: finding.checks,
    axes: call.axes,
    dtypes: call.dtypes,
    error: finding.error,
    work,
    timing: null,
    floor: null,
    share: null,
    multiplyAddsPerSecond: null,
    isFunctional: device.isFunctional,
    environment,
  };
}

/** Keeps what is costly to make again: an operator's cases and their oracles. */
export class CaseShelf {
  #operator = '';
  #cases = new Map<string, Case>();
  #probes = new Map<string, Probe>();
  #oracles = new Map<string, Oracles>();

  load(suite: OperatorSuite): void {
    if (this.#operator === suite.operator.name) return;
    this.#operator = suite.operator.name;
    this.#cases = new Map(suite.cases().map((call) => [call.id, call]));
    this.#probes = new Map(suite.probes().map((probe) => [probe.id, probe]));
    this.#oracles = new Map();
  }

  case(id: string): Case | undefined {
    return this.#cases.get(id);
  }

  probe(id: string): Probe | undefined {
    return this.#probes.get(id);
  }

  oracles(suite: OperatorSuite, call: Case): Oracles {
    const known = this.#oracles.get(call.id);
    if (known !== undefined) return known;
    const made = oraclesOf(suite, call);
    this.#oracles.set(call.id, made);
    return made;
  }
}

/** Ids of everything that `verify` runs of an operator, probes last. */
export function idsOf(suite: OperatorSuite): string[] {
  return [...suite.cases().map(({ id }) => id), ...suite.probes().map(({ id }) => id)];
}

async function listedFinding(
  device: Device,
  suite: OperatorSuite,
  id: string,
  variant: string,
  shelf: CaseShelf,
): Promise<{ call: Pick<Case, 'id' | 'axes' | 'dtypes'>; finding: Finding }> {
  const call = shelf.case(id);
  if (call !== undefined) {
    const effort = effortOf(device, false);
    const oracles = shelf.oracles(suite, call);
    return { call, finding: await verifyCase(device, suite, call, variant, effort, oracles) };
  }
  const probe = shelf.probe(id);
  if (probe === undefined) throw inputError(`${id}: is no case of ${suite.operator.name}.`);
  const { axes, dtypes } = probe.cases[0]!;
  return { call: { id, axes, dtypes }, finding: await verifyProbe(device, suite, probe, variant) };
}

/** Seed of the n-th case of a fuzzing run. */
function seedOf(seed: number, index: number): number {
  return (Math.imul(seed | 0, 0x9e3779b1) + index) | 0;
}

async function drawnFinding(
  device: Device,
  suite: OperatorSuite,
  variant: string,
  draw: Draw,
  seed: number,
  isShrunk: boolean,
): Promise<{ call: Case; finding: Finding; drawn: Drawn }> {
  const effort = effortOf(device, true, (seed & 0xffff) + 1);
  const call = suite.generate(draw);
  const finding = await verifyCase(device, suite, call, variant, effort);
  const { choices } = draw;
  const isBad = finding.status !== 'passed' && finding.status !== 'unsupported';
  if (!isBad || !isShrunk) return { call, finding, drawn: { choices, shrunk: null } };
  const stillFails = async (list: readonly number[]) => {
    const again = suite.generate(Draw.replay(list));
    return (await verifyCase(device, suite, again, variant, effort)).status === finding.status;
  };
  const shrunk = await shrinkChoices(choices, stillFails, 200);
  const least = suite.generate(Draw.replay(shrunk));
  const last = await verifyCase(device, suite, least, variant, effort);
  return { call: least, finding: last, drawn: { choices, shrunk } };
}

/** Does a piece of work and tells of each case. The events are in order. */
export async function runVerifyTask(
  task: VerifyTask,
  device: Device,
  suite: OperatorSuite,
  environment: Environment,
  tell: (event: TaskEvent) => void,
  shelf: CaseShelf = new CaseShelf(),
): Promise<void> {
  const { variant, cases } = task;
  const end = (
    call: Pick<Case, 'id' | 'axes' | 'dtypes'>,
    finding: Finding,
    drawn: Drawn | null,
  ) => {
    const mode = drawn === null ? 'verify' : 'fuzz';
    const record = verifyRecord(device, suite, call, variant, finding, environment, mode);
    tell({ kind: 'end', record, drawn });
  };
  if (cases.kind === 'listed') {
    shelf.load(suite);
    for (const [index, id] of cases.ids.entries()) {
      tell({ kind: 'begin', id, index });
      const { call, finding } = await listedFinding(device, suite, id, variant, shelf);
      end(call, finding, null);
    }
  } else if (cases.kind === 'axes') {
    const effort = effortOf(device, false);
    for (const [index, call] of axisCases(suite, cases.request).entries()) {
      tell({ kind: 'begin', id: call.id, index });
      end(call, await verifyCase(device, suite, call, variant, effort), null);
    }
  } else {
    const count = cases.kind === 'drawn' ? cases.count : 1;
    for (let i = 0; i < count; i++) {
      const index = cases.kind === 'drawn' ? cases.from + i : 0;
      const seed = cases.kind === 'drawn' ? seedOf(cases.seed, index) : 1;
      const draw = cases.kind === 'drawn' ? Draw.seeded(seed) : Draw.replay(cases.choices);
      tell({ kind: 'begin', id: `${suite.operator.name}/draw${index}`, index });
      const isShrunk = cases.kind === 'drawn';
      const found = await drawnFinding(device, suite, variant, draw, seed, isShrunk);
      end(found.call, found.finding, found.drawn);
    }
  }
}
