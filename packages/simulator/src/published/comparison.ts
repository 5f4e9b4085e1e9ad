/**
 * One figure that was published or measured, beside what this project predicts for it. The tables
 * that `beamline validate` prints are lists of these.
 */
export interface Comparison {
  /** Id of the table in fixtures/published. */
  readonly table: string;
  /** The cell in words: series, text, shape. */
  readonly cell: string;
  /** What is compared. */
  readonly quantity: 'tokensPerStep' | 'rows' | 'speedup' | 'tokensPerSecond' | 'latencyMs';
  readonly source: string;
  readonly published: number;
  /** Null where nothing can be predicted. */
  readonly predicted: number | null;
  /** predicted / published − 1. */
  readonly relativeError: number | null;
  /** Whether everything that the prediction needs of the setting is known. */
  readonly settingKnown: boolean;
  /** Largest relative error that is asked for where the setting is known. */
  readonly target: number;
  /** Null where the setting is not known: then nothing is claimed. */
  readonly withinTarget: boolean | null;
  /** What was assumed, or which setting would match. */
  readonly note: string;
}

/** A comparison with its error worked out. */
export function comparison(fields: Omit<Comparison, 'relativeError' | 'withinTarget'>): Comparison {
  const { published, predicted, settingKnown, target } = fields;
  const relativeError = predicted === null ? null : predicted / published - 1;
  const claimed = settingKnown && relativeError !== null;
  return {
    ...fields,
    relativeError,
    withinTarget: claimed ? Math.abs(relativeError) <= target : null,
  };
}
