/**
 * Cases from a file, outputs as JSON: whoever has another implementation can hold it against this
 * one. A file with one case gives one result, a list gives a list.
 *
 * Example: operator scan_lengths with the input lengths `{"dtype":"i32","shape":[2],"data":[7,9]}`
 * gives offsets 0 7 16, total 16, max 9.
 */
import type { OperatorSuite, RawCase } from '@beamline/kernels/suites';
import { CaseError, parseCases, tensorsToJson } from '@beamline/kernels/suites';
import { type Device, isFailure, plainRun } from '../device.ts';
import { inputError, unsupportedError } from '../error.ts';

export interface CaseResult {
  readonly operator: string;
  readonly device: string;
  readonly outputs: ReturnType<typeof tensorsToJson>;
}

async function runOne(
  device: Device,
  suite: OperatorSuite,
  raw: RawCase,
  variant: string,
  at: string,
): Promise<CaseResult> {
  let call: ReturnType<OperatorSuite['resolve']>;
  try {
    call = suite.resolve(raw, `${suite.operator.name}/file`);
  } catch (error) {
    if (error instanceof CaseError) throw inputError(`${at}${error.message}`);
    throw error;
  }
  const result = await device.run(suite, call, { ...plainRun, variant });
  if (isFailure(result)) {
    const message = `${at}${suite.operator.name} on ${device.name}: ${result.message}`;
    if (result.status === 'unsupported') throw unsupportedError(message);
    throw new Error(message);
  }
  if (result.trespasses.length > 0) {
    throw new Error(`${at}${suite.operator.name}: ${result.trespasses.join('; ')}`);
  }
  const outputs = tensorsToJson(result.outputs);
  return { operator: suite.operator.name, device: device.name, outputs };
}

/** Results of the cases in `text`, which came from the file that errors call `shown`. */
export async function runCaseFile(
  device: Device,
  suite: OperatorSuite,
  text: string,
  shown: string,
  variant = '',
): Promise<CaseResult | CaseResult[]> {
  let parsed: ReturnType<typeof parseCases>;
  try {
    parsed = parseCases(text);
  } catch (error) {
    if (error instanceof CaseError) throw inputError(`${shown}: ${error.message}`);
    throw error;
  }
  const { cases, isList } = parsed;
  const results: CaseResult[] = [];
  for (const [i, raw] of cases.entries()) {
    const at = `${shown}: ${isList ? `[${i}].` : ''}`;
    results.push(await runOne(device, suite, raw, variant, at));
  }
  return isList ? results : results[0]!;
}
