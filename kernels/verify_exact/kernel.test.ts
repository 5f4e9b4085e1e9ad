import { testOperator } from '../test/operator-tests.ts';
import { verifyExactSuite } from './suite.ts';

// The kernels of verify_exact against their record: see ../test/operator-tests.ts.

testOperator(verifyExactSuite);
