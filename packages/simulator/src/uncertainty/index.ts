export {
  engineWith,
  noFactors,
  type ParameterFactors,
  type ParameterName,
  parameterNames,
} from './factors.ts';
