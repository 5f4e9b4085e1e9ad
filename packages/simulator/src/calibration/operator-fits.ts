/**
 * Every operator curve that there are measurements for: which table, which rows, which figures of
 * which GPU. `fitOperators` is the whole way from the tables' text to figures with their errors.
 */
import { type Hardware, type HeadSharing, hardwareOf } from '../hardware/index.ts';
import type { KvType, WeightType } from '../scenario/scenario.ts';
import { attentionKey, attentionRows, contextSubject, generationSubject } from './attention-fit.ts';
import {
  allGatherSubject,
  allReduceRows,
  allReduceSubject,
  collectiveKey,
  libraryRows,
} from './collective-fit.ts';
import { type CurveFit, errorsOf, type Figures, fitCurve, type Subject } from './curve-fit.ts';
import { gemmKey, gemmRows, gemmSubject } from './gemm-fit.ts';
import { MeasuredTable } from './measured-table.ts';
import { type Split, split } from './split.ts';

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
  /** Of the communication library's tables. */
  readonly libraryFile: string;
  readonly library: string;
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
    libraryFile: 'h100_sxm__2.27.3',
    library: 'NCCL 2.27.3 on H100 SXM',
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
    libraryFile: 'a100_sxm__2.27.3',
    library: 'NCCL 2.27.3 on A100 SXM',
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

/** One curve with its rows, ready to be fitted or judged; what kind of row it has is closed in. */
export interface OperatorSubject {
  readonly gpu: string;
  readonly operator: string;
  readonly source: string;
  fit(): CurveFit;
  /** Errors over all rows, with figures that were fitted on other rows than these. */
  judge(figures: Figures): number[];
  /** Some held-out rows with what the figures give for them. */
  sample(figures: Figures, most: number): { axes: Figures; measured: number; predicted: number }[];
}

/** Every curve that `read` has a table for. */
function operatorSubjects(read: DataReader): OperatorSubject[] {
  return machines.flatMap((machine) => {
    const sourceOf = (operator: string) => {
      const timed = operator === 'link.gather' ? machine.library : machine.version;
      return (
        `fitted on one third of published timings of ${timed} ` +
        '(aiconfigurator tables, Apache-2.0)'
      );
    };
    const closed = <Row>(operator: string, subject: Subject<Row>, parts: Split<Row>) => ({
      gpu: machine.gpu,
      operator,
      source: sourceOf(operator),
      fit: () => fitCurve(subject, parts),
      judge: (figures: Figures) => {
        return errorsOf(subject, figures, [...parts.fit.rows, ...parts.heldOut]);
      },
      sample: (figures: Figures, most: number) => sampleOf(subject, figures, parts.heldOut, most),
    });
    const table = (kind: string): MeasuredTable | null => {
      const file = kind === 'nccl' ? machine.libraryFile : machine.file;
      const path = `operators/${file}__${kind}_perf.csv.gz`;
      const text = read(path);
      return text === null ? null : new MeasuredTable(path, text);
    };
    return subjectsOf(machine, hardwareOf(machine.gpu), table, closed);
  });
}

function sampleOf<Row>(
  subject: Subject<Row>,
  figures: Figures,
  rows: readonly Row[],
  most: number,
) {
  const every = Math.max(1, Math.ceil(rows.length / most));
  const predict = subject.predictor(figures);
  return rows
    .filter((_, i) => i % every === 0)
    .map((row) => ({
      axes: subject.axesOf(row),
      measured: subject.measuredNs(row),
      predicted: predict(row),
    }));
}

/** A curve with what came out of fitting it. */
export interface FittedSubject {
  readonly subject: OperatorSubject;
  readonly fit: OperatorCurveFit;
}

/** Fits all that `read` has tables for. */
export function fitOperators(read: DataReader): FittedSubject[] {
  return operatorSubjects(read).map((subject) => {
    const { gpu, operator, source } = subject;
    return { subject, fit: { gpu, operator, source, ...subject.fit() } };
  });
}

type Closed = <Row>(operator: string, subject: Subject<Row>, parts: Split<Row>) => OperatorSubject;

function subjectsOf(
  { products, contexts, generations }: Machine,
  hardware: Hardware,
  table: (kind: string) => MeasuredTable | null,
  closed: Closed,
): OperatorSubject[] {
  const subjects: OperatorSubject[] = [];
  const gemms = table('gemm');
  for (const [dtype, type, isCaptured] of gemms === null ? [] : products) {
    const parts = split(gemmRows(gemms!, dtype), gemmKey);
    subjects.push(closed(`gemm.${type}`, gemmSubject(hardware, type, isCaptured), parts));
  }
  const context = table('context_attention');
  for (const [kv, attention, cache] of context === null ? [] : contexts) {
    const rows = attentionRows(context!, hardware, 'context', kv, { attention, cache });
    const parts = split(rows, attentionKey);
    subjects.push(closed(`contextAttention.${kv}`, contextSubject(hardware, kv), parts));
  }
  const generation = table('generation_attention');
  for (const [kv, cache, sharing] of generation === null ? [] : generations) {
    const types = { attention: 'bfloat16', cache };
    const rows = attentionRows(generation!, hardware, 'generation', kv, types).filter(
      ({ heads, kvHeads }) => heads > kvHeads === (sharing === 'grouped'),
    );
    const subject = generationSubject(hardware, kv, sharing);
    const operator = `generationAttention.${kv}.${sharing}`;
    subjects.push(closed(operator, subject, split(rows, attentionKey)));
  }
  const reduce = table('custom_allreduce');
  if (reduce !== null) {
    const parts = split(allReduceRows(reduce), collectiveKey);
    subjects.push(closed('link', allReduceSubject(hardware), parts));
  }
  const library = table('nccl');
  if (library !== null) {
    const parts = split(libraryRows(library, 'all_gather'), collectiveKey);
    subjects.push(closed('link.gather', allGatherSubject(hardware), parts));
  }
  return subjects;
}
