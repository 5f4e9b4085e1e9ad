import { testOperator } from '../test/operator-tests.ts';
import { drafterResidualSuite } from './suite.ts';

// The kernels of drafter_residual against their record: see ../test/operator-tests.ts.

testOperator(drafterResidualSuite);
