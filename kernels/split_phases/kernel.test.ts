import { testOperator } from '../test/operator-tests.ts';
import { splitPhasesSuite } from './suite.ts';

// The kernels of split_phases against their record: see ../test/operator-tests.ts.

testOperator(splitPhasesSuite);
