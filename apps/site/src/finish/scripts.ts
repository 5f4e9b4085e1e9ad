/**
 * Puts every inline script into a file named by its hash, so that the site's content security
 * policy can do without `unsafe-inline`, and writes that policy into every page. Law: a page runs
 * only scripts of its own origin.
 */
import { createHash } from 'node:crypto';
import { mapTags, tagsOf } from './html.ts';

/**
 * Styles may stand in the page: figures carry their own, and SVG places its marks with them. A
 * picture on its way to PNG is a blob.
 */
export const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Kinds of script element that hold data, not code. */
const isData = (type: string | null | undefined) =>
  type !== undefined && type !== null && type !== 'module' && !/javascript/.test(type);

export interface ExternalScripts {
  html: string;
  /** Path from the root of the dist → content. */
  files: Map<string, string>;
}

export function externalScripts(html: string): ExternalScripts {
  const files = new Map<string, string>();
  const changed = mapTags(html, (tag) => {
    if (tag.name !== 'script' || tag.attributes.has('src')) return null;
    if (isData(tag.attributes.get('type'))) return null;
    if (tag.content.trim() === '') return '';
    const hash = createHash('sha256').update(tag.content).digest('hex').slice(0, 10);
    const path = `_astro/inline.${hash}.js`;
    files.set(path, tag.content.trim());
    return { ...tag, attributes: new Map([...tag.attributes, ['src', `/${path}`]]), content: '' };
  });
  return { html: changed, files };
}

export function withPolicy(html: string): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  return html.replace(/<head>/, () => `<head>${meta}`);
}

/** What in a finished page the policy would refuse, in words. */
export function refusedByPolicy(html: string): string[] {
  const problems: string[] = [];
  if (!html.includes('http-equiv="Content-Security-Policy"')) problems.push('no policy');
  for (const { name, attributes } of tagsOf(html)) {
    if (name === 'script' && !attributes.has('src') && !isData(attributes.get('type'))) {
      problems.push('an inline script');
    }
    for (const [attribute, value] of attributes) {
      if (/^on[a-z]+$/.test(attribute)) problems.push(`<${name} ${attribute}>: inline code`);
      if (value?.startsWith('javascript:')) problems.push(`<${name} ${attribute}="${value}">`);
    }
  }
  return problems;
}
