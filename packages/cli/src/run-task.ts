import type { SchedulerFactory } from '@beamline/scheduler';
import { MeasuredOperators, type Run, simulate } from '@beamline/simulator';
import type { SimulationTask } from './pool.ts';
import { TimelineFile } from './timeline.ts';
import { traceOpener } from './traces.ts';

/** One simulation, in whatever thread: the trace from its file, the timeline to its file. */
export function runTask(
  task: SimulationTask,
  createScheduler: SchedulerFactory,
  onProgress: (completed: number, total: number | null) => void,
): Run {
  const timeline = task.timeline === null ? null : new TimelineFile(task.timeline, task.scenario);
  try {
    const run = simulate(
      task.scenario,
      {
        createScheduler,
        openTrace: traceOpener(task.traces),
        onProgress: (completed, total) => onProgress(completed, total),
        ...(task.measured === null ? {} : { measured: new MeasuredOperators(task.measured) }),
        ...(task.factors === undefined ? {} : { factors: task.factors }),
        ...(task.recorded === undefined ? {} : { recorded: task.recorded }),
        ...(timeline === null ? {} : { onStep: (step) => timeline.add(step) }),
      },
      { withBaseline: task.withBaseline },
    );
    timeline?.commit();
    return run;
  } catch (error) {
    timeline?.discard();
    throw error;
  }
}
