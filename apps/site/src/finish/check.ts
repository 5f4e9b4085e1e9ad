/**
 * Reads the finished pages as a reader's browser would and tells what is missing: a page, a file,
 * an anchor, a page's Japanese twin, the figure that a word in the text points to. The build fails
 * on the first of them.
 */
import { posix } from 'node:path';
import { type Tag, tagsOf } from './html.ts';

export interface Dist {
  /** Path from the root → text, for every HTML file. */
  pages: ReadonlyMap<string, string>;
  /** Paths of all files. */
  files: ReadonlySet<string>;
}

interface ReadPage {
  tags: Tag[];
  ids: Set<string>;
  repeatedIds: string[];
}

function readPage(html: string): ReadPage {
  const tags = tagsOf(html);
  const ids = new Set<string>();
  const repeatedIds: string[] = [];
  for (const { attributes } of tags) {
    const id = attributes.get('id');
    if (id == null) continue;
    if (ids.has(id)) repeatedIds.push(id);
    ids.add(id);
  }
  return { tags, ids, repeatedIds };
}

/** The file that a static server gives for an address on a page; null for another origin. */
export function targetOf(page: string, address: string): { file: string; anchor: string } | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(address)) return null;
  const [, path, anchor] = /^([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/.exec(address)!;
  if (path === '') return { file: page, anchor: anchor ?? '' };
  const joined = path!.startsWith('/')
    ? path!.slice(1)
    : posix.normalize(posix.join(posix.dirname(page), path!)).replace(/^\.\/?/, '');
  const file = joined === '' || joined.endsWith('/') ? `${joined}index.html` : joined;
  return { file, anchor: anchor ?? '' };
}

function addressProblems(page: string, read: Map<string, ReadPage>, dist: Dist): string[] {
  const problems: string[] = [];
  for (const { name, attributes } of read.get(page)!.tags) {
    for (const attribute of ['href', 'src', 'poster', 'xlink:href']) {
      const address = attributes.get(attribute);
      if (address == null) continue;
      const target = targetOf(page, address);
      if (target === null) continue;
      const { file, anchor } = target;
      const where = `<${name} ${attribute}="${address}">`;
      if (!dist.files.has(file)) problems.push(`${where}: there is no ${file}`);
      else if (anchor !== '' && !anchor.startsWith('?') && file.endsWith('.html')) {
        const ids = read.get(file)?.ids;
        if (ids !== undefined && !ids.has(decodeURIComponent(anchor))) {
          problems.push(`${where}: ${file} has no anchor #${anchor}`);
        }
      }
    }
  }
  return problems;
}

/** Words that point to a mark of a figure: the figure stands on the page and has that mark. */
function referenceProblems({ tags }: ReadPage): string[] {
  const problems: string[] = [];
  const figures = new Set(tags.filter((t) => /^bl-/.test(t.name)).map((t) => t.name.slice(3)));
  const keys = new Set(tags.map((t) => t.attributes.get('data-key')));
  for (const { name, attributes } of tags) {
    const failure = attributes.get('data-problem');
    if (failure != null) problems.push(`<${name}> was not drawn: ${failure}`);
    if (name !== 'bl-ref') continue;
    const figure = attributes.get('figure') ?? '';
    const key = attributes.get('key') ?? '';
    if (!figures.has(figure)) problems.push(`<bl-ref> names figure "${figure}", not on this page`);
    else if (!keys.has(key)) problems.push(`<bl-ref> names mark "${key}", not in the figure`);
  }
  return problems;
}

function twinProblems(page: string, read: Map<string, ReadPage>): string[] {
  if (page === '404.html') return [];
  const isJapanese = page.startsWith('ja/');
  const twin = isJapanese ? page.slice(3) : `ja/${page}`;
  if (!read.has(twin)) return [`has no ${isJapanese ? 'English' : 'Japanese'} twin ${twin}`];
  const { tags } = read.get(page)!;
  const wanted = isJapanese ? 'ja' : 'en';
  for (const name of ['html', 'main']) {
    const language = tags.find((tag) => tag.name === name)?.attributes.get('lang');
    if (language != null && language !== wanted) {
      return [`its ${name} is in "${language}": write the page in "${wanted}" too`];
    }
  }
  return [];
}

export function problemsOf(dist: Dist): string[] {
  const read = new Map([...dist.pages].map(([page, html]) => [page, readPage(html)]));
  const problems: string[] = [];
  for (const [page, readHere] of read) {
    const here = [
      ...readHere.repeatedIds.map((id) => `the id "${id}" stands twice`),
      ...addressProblems(page, read, dist),
      ...referenceProblems(readHere),
      ...twinProblems(page, read),
    ];
    problems.push(...here.map((problem) => `${page}: ${problem}`));
  }
  return problems;
}
