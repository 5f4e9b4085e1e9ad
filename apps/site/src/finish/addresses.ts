/**
 * Makes addresses relative to the page they stand on, so that the site works at any path of any
 * static file server: on `ja/story/index.html`, `/_astro/a.js` becomes `../../_astro/a.js`.
 */
import { posix } from 'node:path';
import { mapTags } from './html.ts';

const ADDRESS_ATTRIBUTES = ['href', 'src', 'action', 'poster', 'xlink:href'];

/** `page` is the path of a file from the root of the dist, `address` starts with one slash. */
export function relativeAddress(page: string, address: string): string {
  const [, path, rest] = /^([^?#]*)(.*)$/.exec(address)!;
  const folder = posix.dirname(`/${page}`);
  const isFolder = path!.endsWith('/');
  const relative = posix.relative(folder, path!);
  if (relative === '') return isFolder ? `./${rest}` : `${rest}`;
  return `${relative}${isFolder ? '/' : ''}${rest}`;
}

const isFromRoot = (address: string) => /^\/(?!\/)/.test(address);

/** The way from a page to the root: `../../` or `./`. */
export function rootOf(page: string): string {
  return relativeAddress(page, '/');
}

export function relativeCss(file: string, css: string): string {
  return css.replace(/url\((['"]?)(\/(?!\/)[^'")]*)\1\)/g, (_, quote: string, address: string) => {
    return `url(${quote}${relativeAddress(file, address)}${quote})`;
  });
}

/**
 * The page with relative addresses; its `html` element tells the way to the root and to the scripts
 * of the figures in its language.
 */
export function relativeHtml(
  page: string,
  html: string,
  figures: Readonly<Record<string, string>> = {},
): string {
  return mapTags(html, (tag) => {
    const attributes = new Map(tag.attributes);
    let isChanged = false;
    const set = (name: string, value: string) => {
      isChanged ||= attributes.get(name) !== value;
      attributes.set(name, value);
    };
    if (tag.name === 'html') {
      set('data-root', rootOf(page));
      const bundle = figures[attributes.get('lang') ?? ''];
      if (bundle !== undefined) set('data-figures', relativeAddress(page, `/${bundle}`));
      // Without script a page is light; with it, as the reader or the system has it.
      if (attributes.has('data-theme')) set('data-theme', 'light');
    }
    for (const name of ADDRESS_ATTRIBUTES) {
      const address = attributes.get(name);
      if (address != null && isFromRoot(address)) set(name, relativeAddress(page, address));
    }
    const style = attributes.get('style');
    if (style != null) set('style', relativeCss(page, style));
    let { content } = tag;
    if (tag.name === 'style') {
      content = relativeCss(page, content);
      isChanged ||= content !== tag.content;
    }
    return isChanged ? { ...tag, attributes, content } : null;
  });
}
