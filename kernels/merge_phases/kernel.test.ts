import { testOperator } from '../test/operator-tests.ts';
import { mergePhasesSuite } from './suite.ts';

// The kernels of merge_phases against their record: see ../test/operator-tests.ts.

testOperator(mergePhasesSuite);
