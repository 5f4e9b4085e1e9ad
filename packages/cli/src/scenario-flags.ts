import { type Field, fields, type ScenarioPath, scenarioPaths } from '@beamline/simulator';

/** The short flags of the scenario's common fields: `rate` sets `workload.ratePerSecond`. */
export const scenarioFlags: ReadonlyMap<string, ScenarioPath> = new Map(
  scenarioPaths.flatMap((path) => {
    const { flag } = fields[path] as Field;
    return flag === undefined ? [] : [[flag, path] as const];
  }),
);
