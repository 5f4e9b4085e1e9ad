import { canonicalJson } from '@beamline/simulator';
import { renderCsv, renderMarkdown, renderText, type Table } from './table.ts';

/** What a command gives back; how it is shown depends on the format alone. */
export interface Result {
  /** The result as data, for `--format json`. */
  data: unknown;
  /** The first is the result itself and what CSV holds; the others explain it. */
  tables: readonly Table[];
  /** The result as a list, for `--format jsonl` where a command has it. */
  lines?: readonly unknown[];
  /** A picture in characters, between the first table and the others. */
  chart?: string;
  /** What won, by how much and why, and the command to dig deeper. */
  closing: readonly string[];
  exitCode: ExitCode;
  /** Said on stderr with an exit code that is not 0. */
  reason?: string;
}

/** 0 done · 1 internal · 2 usage or input · 3 infeasible · 4 SLO not met · 5 overloaded. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130;

export function renderResult(result: Result, format: string): string {
  switch (format) {
    case 'json':
      return `${canonicalJson(result.data)}\n`;
    case 'csv':
      return renderCsv(result.tables[0]!);
    case 'md':
      return [...result.tables.map(renderMarkdown), `${result.closing.join('  \n')}\n`].join('\n');
    default: {
      const [first, ...others] = result.tables;
      const parts = [
        ...(first === undefined ? [] : [renderText(first)]),
        ...(result.chart === undefined ? [] : [result.chart]),
        ...others.map(renderText),
        ...(result.closing.length === 0 ? [] : [`${result.closing.join('\n')}\n`]),
      ];
      return parts.join('\n');
    }
  }
}

/** A result that is text as it stands, in whatever format. */
export interface TextResult {
  text: string;
  exitCode?: ExitCode;
  /** Said on stderr with an exit code that is not 0. */
  reason?: string;
}
