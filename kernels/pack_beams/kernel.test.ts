import { testOperator } from '../test/operator-tests.ts';
import { packBeamsSuite } from './suite.ts';

// The kernels of pack_beams against their record: see ../test/operator-tests.ts.

testOperator(packBeamsSuite);
