/**
 * What a view gives: one picture in one language, as text alone, the same in Node, in a page and in
 * a report. Law: the table holds exactly what is drawn; it is the picture's canonical equivalent
 * and the source of its CSV.
 */
import type { Language } from './language.ts';

export type { Language } from './language.ts';

export interface TableColumn {
  label: string;
  /** Aligned to the right, with digits of equal width. */
  numeric?: boolean;
}

export interface PictureTable {
  columns: readonly TableColumn[];
  rows: readonly (readonly string[])[];
}

export interface Picture {
  /** A sentence with the finding. */
  title: string;
  /** One paragraph for who does not see the picture. */
  summary: string;
  /** A complete, self-contained `<svg>` document, its title and description inside. */
  svg: string;
  table: PictureTable;
  /**
   * Lines of the caption: units, where the numbers come from (measured with its file, modelled,
   * assumed), what is hidden.
   */
  notes: readonly string[];
}

export type ThemeName = 'auto' | 'light' | 'dark';

export interface ViewOptions {
  language: Language;
  /** CSS pixels, at least `WIDTH_MIN`; views restack below `NARROW`. */
  width: number;
  /** Makes the ids and styles of several figures of one page distinct: `[a-z0-9-]+`. */
  scope: string;
  /** The key that is lit up. */
  highlight?: string | null;
  /** False where the page around the SVG has the title and the caption; true without. */
  hasTitle?: boolean;
  theme?: ThemeName;
}

export const WIDTH_MIN = 280;
/** Below this width views put beneath each other what stands side by side. */
export const NARROW = 480;
/** The width of a picture that stands in a file. */
export const WIDTH_DEFAULT = 760;

/** Options with defaults, for files and reports. */
export function viewOptions(scope: string, given: Partial<ViewOptions> = {}): ViewOptions {
  return { language: 'en', width: WIDTH_DEFAULT, scope, ...given };
}
