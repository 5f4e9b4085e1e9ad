import { testOperator } from '../test/operator-tests.ts';
import { beamStepSuite } from './suite.ts';

// The kernels of beam_step against their record: see ../test/operator-tests.ts.

testOperator(beamStepSuite);
