/**
 * What the tables hold and the finished pages do not say: every scenario field, every operator and
 * every option of the command has its place in both languages.
 */
import { operators } from '@beamline/kernels';
import { scenarioPaths } from '@beamline/simulator';
import { tagsOf } from './html.ts';

export interface Tables {
  /** `command--option`, as the page of commands anchors them. */
  options: readonly string[];
}

function idsOf(html: string | undefined): Set<string | null | undefined> {
  return new Set(html === undefined ? [] : tagsOf(html).map((tag) => tag.attributes.get('id')));
}

export function documentationProblems(
  pages: ReadonlyMap<string, string>,
  { options }: Tables,
): string[] {
  const problems: string[] = [];
  for (const prefix of ['', 'ja/']) {
    const need = (page: string, ids: readonly string[], what: string) => {
      const found = idsOf(pages.get(page));
      for (const id of ids) if (!found.has(id)) problems.push(`${page}: ${what} ${id} is missing`);
    };
    need(`${prefix}reference/scenario/index.html`, scenarioPaths, 'scenario field');
    need(`${prefix}reference/commands/index.html`, options, 'option');
    for (const { name } of operators) {
      const page = `${prefix}reference/operators/${name}/index.html`;
      if (!pages.has(page)) problems.push(`${page}: operator ${name} has no page`);
    }
  }
  return problems;
}
