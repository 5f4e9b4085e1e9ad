/** The scenario, its table of fields, and its spellings. */
export { scenarioJsonSchema } from './json-schema.ts';
export { examineReferences } from './names.ts';
export {
  applySet,
  checkedPath,
  describeProblems,
  examineScenario,
  fieldAt,
  type Locate,
  parseScenario,
  setText,
  setValue,
} from './parse.ts';
export type * from './scenario.ts';
export {
  defaultOf,
  type Field,
  type FieldGroup,
  type FieldKind,
  fieldGroups,
  fields,
  isScenarioPath,
  type ScenarioPath,
  scenarioPaths,
  sections,
  valueAt,
} from './schema.ts';
export {
  changedPaths,
  fromSearchParams,
  textAt,
  toSearchParams,
  toSets,
  toYaml,
} from './spellings.ts';
export { formatText, parseText } from './text.ts';
export { allowed, isPlainObject, type Problem, show } from './values.ts';
