import { describe, expect, it } from 'vitest';
import {
  relativeAddress,
  relativeCss,
  relativeHtml,
  rootOf,
} from '../../apps/site/src/finish/addresses.ts';
import { problemsOf, targetOf } from '../../apps/site/src/finish/check.ts';
import { mapTags, tagsOf } from '../../apps/site/src/finish/html.ts';
import {
  externalScripts,
  refusedByPolicy,
  withPolicy,
} from '../../apps/site/src/finish/scripts.ts';
import { framedTables } from '../../apps/site/src/finish/tables.ts';

// The last step of the site's build: each check is shown a page that it must refuse.

describe('tags', () => {
  it('reads attributes of every form and the text of scripts', () => {
    const html =
      `<!-- <a> --><a href="x?a=1&amp;b='2'" hidden data-x='"'>t</a>` + '<script>1 < 2</script>';
    const [link, script] = tagsOf(html);
    expect(link!.attributes.get('href')).toBe("x?a=1&b='2'");
    expect(link!.attributes.get('hidden')).toBeNull();
    expect(link!.attributes.get('data-x')).toBe('"');
    expect(script!.content).toBe('1 < 2');
    expect(tagsOf(html)).toHaveLength(2);
  });

  it('leaves what is not changed byte for byte', () => {
    const html = `<p  class=a>x</p><svg><path d="M0 0"/></svg><style>a > b {}</style>`;
    expect(mapTags(html, () => null)).toBe(html);
  });
});

describe('addresses', () => {
  it('leads from any page to any file', () => {
    expect(relativeAddress('index.html', '/_astro/a.js')).toBe('_astro/a.js');
    expect(relativeAddress('ja/story/index.html', '/_astro/a.js')).toBe('../../_astro/a.js');
    expect(relativeAddress('ja/story/index.html', '/story/')).toBe('../../story/');
    expect(relativeAddress('story/index.html', '/story/#x')).toBe('./#x');
    expect(relativeAddress('story/index.html', '/explorer/?a=b#c')).toBe('../explorer/?a=b#c');
    expect(relativeAddress('a/index.html', '/')).toBe('../');
    expect(rootOf('ja/reference/operators/index.html')).toBe('../../../');
    expect(rootOf('index.html')).toBe('./');
  });

  it('leaves other origins and text alone', () => {
    const html = '<a href="//x/y">1</a><a href="https://x/">2</a><p>href="/a"</p>';
    expect(relativeHtml('a/index.html', html)).toBe(html);
    expect(relativeCss('_astro/a.css', 'a{b:url(/_astro/c.woff) url("/d.svg") url(data:x)}')).toBe(
      'a{b:url(c.woff) url("../d.svg") url(data:x)}',
    );
  });
});

describe('scripts', () => {
  it('become files, data does not', () => {
    const html =
      '<head></head><script>go()</script><script type="application/json">{}</script>' +
      '<script></script>';
    const { html: changed, files } = externalScripts(html);
    expect(files.size).toBe(1);
    expect(changed).toMatch(/<script src="\/_astro\/inline\.[0-9a-f]{10}\.js"><\/script>/);
    expect(changed).toContain('<script type="application/json">{}</script>');
    expect(refusedByPolicy(withPolicy(changed))).toEqual([]);
  });

  it('that the policy would refuse are found', () => {
    const refused = (body: string) => refusedByPolicy(withPolicy(`<head></head>${body}`));
    expect(refused('<script>go()</script>')).toHaveLength(1);
    expect(refused('<script type="module">go()</script>')).toHaveLength(1);
    expect(refused('<button onclick="go()">x</button>')).toHaveLength(1);
    expect(refused('<a href="javascript:go()">x</a>')).toHaveLength(1);
    expect(refusedByPolicy('<p>x</p>')).toEqual(['no policy']);
  });
});

describe('tables', () => {
  it('get a frame once', () => {
    expect(framedTables('<table><tr></tr></table>')).toBe(
      '<div class="table-wrap"><table><tr></tr></table></div>',
    );
    const framed = '<div class="bl-wide" tabindex="0"><table></table></div>';
    expect(framedTables(framed)).toBe(framed);
  });
});

describe('the check of the finished pages', () => {
  const page = (lang: string, body: string) => `<html lang="${lang}"><main>${body}</main></html>`;
  const problems = (en: string, ja = '', more: string[] = []) => {
    const pages = new Map([
      ['index.html', page('en', en)],
      ['ja/index.html', page('ja', ja)],
    ]);
    return problemsOf({ pages, files: new Set([...pages.keys(), ...more]) });
  };

  it('passes good pages', () => {
    expect(problems('<a href="ja/">x</a><a href="#a">y</a><p id="a"></p>', '')).toEqual([]);
    expect(problems('<a href="a.css">x</a>', '', ['a.css'])).toEqual([]);
    expect(problems('<a href="https://example.org/none">x</a>')).toEqual([]);
  });

  it.each([
    ['a dead link', '<a href="none/">x</a>'],
    ['a file that is not there', '<img src="none.png">'],
    ['a missing anchor', '<a href="#none">x</a>'],
    ['a missing anchor on another page', '<a href="ja/#none">x</a>'],
    ['an id that stands twice', '<p id="a"></p><p id="a"></p>'],
    ['a word for a figure that is not on the page', '<bl-ref figure="none" key="a">x</bl-ref>'],
    [
      'a word for a mark that the figure does not have',
      '<bl-beam-tree></bl-beam-tree><bl-ref figure="beam-tree" key="token:9">x</bl-ref>',
    ],
    ['a figure that was not drawn', '<bl-beam-tree data-problem="no model"></bl-beam-tree>'],
  ])('finds %s', (_, body) => {
    expect(problems(body)).toHaveLength(1);
  });

  it('finds a page without its twin, and one in the wrong language', () => {
    const alone = new Map([['index.html', page('en', '')]]);
    expect(problemsOf({ pages: alone, files: new Set(alone.keys()) })).toHaveLength(1);
    const english = new Map([
      ['index.html', page('en', '')],
      ['ja/index.html', '<html lang="ja"><main lang="en"></main></html>'],
    ]);
    expect(problemsOf({ pages: english, files: new Set(english.keys()) })).toHaveLength(1);
  });

  it('resolves addresses as a file server does', () => {
    expect(targetOf('a/b/index.html', '../c/#d')).toEqual({ file: 'a/c/index.html', anchor: 'd' });
    expect(targetOf('a/index.html', '../')).toEqual({ file: 'index.html', anchor: '' });
    expect(targetOf('a/index.html', '?x=1')).toEqual({ file: 'a/index.html', anchor: '' });
    expect(targetOf('a/index.html', 'mailto:x')).toBeNull();
  });
});
