import {
  changedPaths,
  examineScenario,
  type PartialScenario,
  type Problem,
  type Scenario,
  type ScenarioPath,
  setValue,
  valueAt,
} from '@beamline/simulator';

/**
 * One edit of a scenario in a form. Laws: a scenario of the explorer is always valid, an edit that
 * would make it invalid comes back as problems and changes nothing; fields that only one kind of
 * load reads follow the kind, so that choosing `closed-loop` is not an error.
 */

export type Edits = readonly (readonly [ScenarioPath, unknown])[];

export interface EditResult {
  /** Null when there are problems. */
  scenario: Scenario | null;
  problems: Problem[];
}

const DEFAULT_CONCURRENCY = 16;

/** What a scenario says beyond the defaults. */
export function givenOf(scenario: Scenario): PartialScenario {
  let given: PartialScenario = {};
  for (const path of changedPaths(scenario)) {
    given = setValue(given, path, valueAt(scenario, path));
  }
  return given;
}

export function editScenario(scenario: Scenario, edits: Edits): EditResult {
  let given = givenOf(scenario);
  for (const [path, value] of edits) given = setValue(given, path, value);
  given = followKind(given, scenario, edits);
  const result = examineScenario(given);
  return {
    scenario: result.problems.length === 0 ? result.scenario : null,
    problems: result.problems,
  };
}

/** Leaves out or fills in what the new kind of load does not, or cannot do without. */
function followKind(given: PartialScenario, before: Scenario, edits: Edits): PartialScenario {
  const edited = new Map(edits);
  const kind = edited.get('workload.kind');
  if (kind === undefined || kind === before.workload.kind) return given;
  const set = (path: ScenarioPath, value: unknown) => {
    if (!edited.has(path)) given = setValue(given, path, value);
  };
  const concurrency = before.workload.concurrency ?? DEFAULT_CONCURRENCY;
  set('workload.concurrency', kind === 'closed-loop' ? concurrency : null);
  if (kind !== 'gamma') set('workload.burstiness', undefined);
  else if (before.workload.burstiness === 1) set('workload.burstiness', 4);
  if (before.workload.kind === 'trace') {
    set('workload.trace', undefined);
    set('workload.timeScale', undefined);
    set('workload.inputTokens', undefined);
    set('workload.outputTokens', undefined);
    if (before.workload.requests === null) set('workload.requests', undefined);
  }
  if (kind === 'trace') {
    set('workload.inputTokens', undefined);
    set('workload.outputTokens', undefined);
  }
  return given;
}
