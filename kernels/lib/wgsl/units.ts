/**
 * What rows of floats are moved in: words, or elements where a row ends inside a word.
 * Example: 5 bf16 numbers are 10 bytes, so 5 elements; 6 are 12 bytes, so 3 words.
 */
import { bytesPerElement, type Dtype } from '../../record.ts';

export interface RowUnits {
  /** Units of a row. */
  readonly units: number;
  /** 1 for words, 0 for elements. */
  readonly is_words: number;
}

export function unitsOfRow(elements: number, dtype: Dtype): RowUnits {
  const bytes = elements * bytesPerElement(dtype);
  return bytes % 4 === 0 ? { units: bytes / 4, is_words: 1 } : { units: elements, is_words: 0 };
}
