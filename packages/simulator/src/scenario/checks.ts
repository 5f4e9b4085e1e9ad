import type { Scenario } from './scenario.ts';
import type { Report } from './values.ts';

/**
 * What must hold between the fields of a complete scenario: a setting that nothing would read, or
 * one that its kind of workload cannot do without, is told rather than passed over.
 */
export function crossChecks(scenario: Scenario, report: Report): void {
  checkLoad(scenario.workload, report);
  checkStepFits(scenario, report);
}

function checkLoad(workload: Scenario['workload'], report: Report): void {
  const { kind } = workload;
  const lengthsFromTrace = (['inputTokens', 'outputTokens'] as const).filter(
    (name) => workload[name].kind === 'from-trace',
  );
  if (kind === 'trace' && workload.trace === null) {
    report('workload.trace', 'is missing: workload.kind trace needs a file, or - for stdin.');
  }
  if (kind !== 'trace' && workload.trace !== null && lengthsFromTrace.length === 0) {
    const ways = 'set workload.kind=trace, or workload.inputTokens=from-trace';
    report('workload.trace', `is not read by workload.kind ${kind}; ${ways}.`);
  }
  if (workload.trace === null && kind !== 'trace') {
    for (const name of lengthsFromTrace) {
      report(`workload.${name}`, 'is from-trace, but workload.trace names no file.');
    }
  }
  if (kind === 'closed-loop' && workload.concurrency === null) {
    report('workload.concurrency', 'is missing: workload.kind closed-loop needs it.');
  }
  if (kind !== 'closed-loop' && workload.concurrency !== null) {
    const only = 'only closed-loop keeps a number of requests in flight';
    report('workload.concurrency', `is not read by workload.kind ${kind}: ${only}.`);
  }
  if (workload.burstiness !== 1 && kind !== 'gamma') {
    report('workload.burstiness', `is not read by workload.kind ${kind}; set workload.kind=gamma.`);
  }
  if (kind !== 'trace' && workload.requests === null && workload.durationSeconds === null) {
    report('workload.requests', 'is null and no workload.durationSeconds ends the load either.');
  }
}

/** One request's draft must fit in one step. */
function checkStepFits(scenario: Scenario, report: Report): void {
  const { method, schedule, beams, draftLength } = scenario.speculation;
  if (method === 'none') return;
  const shapes = Array.isArray(schedule)
    ? schedule.map((row) => ({ beams: row.beams, draftLength: row.draftLength ?? draftLength }))
    : [{ beams, draftLength }];
  const rows = 1 + Math.max(0, ...shapes.map((s) => (s.beams === 0 ? 0 : s.draftLength)));
  if (rows > scenario.serving.maxNumTokens) {
    const needs = `one request's step takes at least ${rows} tokens (draftLength + 1)`;
    report(
      'serving.maxNumTokens',
      `is too small: ${needs} (got ${scenario.serving.maxNumTokens}).`,
    );
  }
}
