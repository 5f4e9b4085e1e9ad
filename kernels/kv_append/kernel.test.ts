import { testOperator } from '../test/operator-tests.ts';
import { kvAppendSuite } from './suite.ts';

// The kernels of kv_append against their record: see ../test/operator-tests.ts.

testOperator(kvAppendSuite);
