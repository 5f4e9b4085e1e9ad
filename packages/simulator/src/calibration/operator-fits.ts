/**
 * Every operator curve that there are measurements for: which table, which rows, which figures of
 * which GPU. `fitOperators` is the whole way from the tables' text to figures with their errors.
 */
import { type Hardware, type HeadSharing, hardwareOf } from '../hardware/index.ts';
import type { KvType, WeightType } from '../scenario/scenario.ts';
import { attentionKey, attentionRows, contextSubject, generationSubject } from './attention-fit.ts';
import { allReduceKey, allReduceRows, allReduceSubject } from './collective-fit.ts';
import { type CurveFit, fitCurve } from './curve-fit.ts';
import { gemmKey, gemmRows, gemmSubject } from './gemm-fit.ts';
import { MeasuredTable } from './measured-table.ts';
import { split } from './split.ts';

/** Gives the text of a data file by its path in the data folder, unpacked; null where absent. */
export type DataReader = (path: string) => string | null;

export interface OperatorCurveFit extends CurveFit {
  readonly gpu: string;
  /** Path of the figures in fixtures/hardware. */
  readonly operator: string;
  readonly source: string;
}

interface Machine {
  readonly gpu: string;
  readonly file: string;
  readonly version: string;
  /** Column value of the table, our type, and whether it was timed inside a captured graph. */
  readonly products: readonly (readonly [dtype: string, type: WeightType, isCaptured: boolean])[];
  readonly contexts: readonly (readonly [kv: KvType, attention: string, cache: string])[];
  readonly generations: readonly (readonly [kv: KvType, cache: string, sharing: HeadSharing])[];
}

/**
 * The A100's grouped generation rows read faster than its memory can and are left out; its fp8
 * cache was not timed.
 */
const machines: readonly Machine[] = [
  {
    gpu: 'h100-sxm',
    file: 'h100_sxm__trtllm_1.3.0rc20',
    version: 'TensorRT-LLM 1.3.0rc20 on H100 SXM',
    products: [
      ['bfloat16', 'bf16', true],
      ['fp8', 'fp8', false],
    ],
    contexts: [
      ['bf16', 'bfloat16', 'bfloat16'],
      ['fp8', 'fp8', 'fp8'],
    ],
    generations: [
      ['bf16', 'bfloat16', 'plain'],
      ['bf16', 'bfloat16', 'grouped'],
      ['fp8', 'fp8', 'plain'],
      ['fp8', 'fp8', 'grouped'],
    ],
  },
  {
    gpu: 'a100-sxm',
    file: 'a100_sxm__trtllm_1.0.0',
    version: 'TensorRT-LLM 1.0.0 on A100 SXM',
    products: [
      ['bfloat16', 'bf16', true],
      ['int8_wo', 'int8', false],
      ['int4_wo', 'int4', false],
    ],
    contexts: [['bf16', 'bfloat16', 'bfloat16']],
    generations: [['bf16', 'bfloat16', 'plain']],
  },
];

/** Fits all that `read` has tables for. */
export function fitOperators(read: DataReader): OperatorCurveFit[] {
  return machines.flatMap((machine) => {
    const source =
      `fitted on one third of published timings of ${machine.version} ` +
      '(aiconfigurator tables, Apache-2.0)';
    const named = (operator: string, fit: CurveFit): OperatorCurveFit => {
      return { gpu: machine.gpu, operator, source, ...fit };
    };
    const table = (kind: string): MeasuredTable | null => {
      const path = `operators/${machine.file}__${kind}_perf.csv.gz`;
      const text = read(path);
      return text === null ? null : new MeasuredTable(path, text);
    };
    return fitMachine(machine, hardwareOf(machine.gpu), table, named);
  });
}

function fitMachine(
  { products, contexts, generations }: Machine,
  hardware: Hardware,
  table: (kind: string) => MeasuredTable | null,
  named: (operator: string, fit: CurveFit) => OperatorCurveFit,
): OperatorCurveFit[] {
  const fits: OperatorCurveFit[] = [];
  const gemms = table('gemm');
  for (const [dtype, type, isCaptured] of gemms === null ? [] : products) {
    const parts = split(gemmRows(gemms!, dtype), gemmKey);
    const subject = gemmSubject(hardware, type, isCaptured);
    fits.push(named(`gemm.${type}`, fitCurve(subject, parts)));
  }
  const context = table('context_attention');
  for (const [kv, attention, cache] of context === null ? [] : contexts) {
    const rows = attentionRows(context!, hardware, 'context', kv, { attention, cache });
    const fit = fitCurve(contextSubject(hardware, kv), split(rows, attentionKey));
    fits.push(named(`contextAttention.${kv}`, fit));
  }
  const generation = table('generation_attention');
  for (const [kv, cache, sharing] of generation === null ? [] : generations) {
    const types = { attention: 'bfloat16', cache };
    const rows = attentionRows(generation!, hardware, 'generation', kv, types).filter(
      ({ heads, kvHeads }) => heads > kvHeads === (sharing === 'grouped'),
    );
    const subject = generationSubject(hardware, kv, sharing);
    const fit = fitCurve(subject, split(rows, attentionKey));
    fits.push(named(`generationAttention.${kv}.${sharing}`, fit));
  }
  const reduce = table('custom_allreduce');
  if (reduce !== null) {
    const parts = split(allReduceRows(reduce), allReduceKey);
    fits.push(named('link', fitCurve(allReduceSubject(hardware), parts)));
  }
  return fits;
}
