import { testOperator } from '../test/operator-tests.ts';
import { compactKvSuite } from './suite.ts';

// The kernels of compact_kv against their record: see ../test/operator-tests.ts.

testOperator(compactKvSuite);
