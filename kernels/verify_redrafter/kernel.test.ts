import { testOperator } from '../test/operator-tests.ts';
import { verifyRedrafterSuite } from './suite.ts';

// The kernels of verify_redrafter against their record: see ../test/operator-tests.ts.

testOperator(verifyRedrafterSuite);
