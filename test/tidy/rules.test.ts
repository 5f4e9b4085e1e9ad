import { describe, expect, it } from 'vitest';
import {
  arrowsPointDown,
  fileIsShort,
  functionsAreShort,
  linesAreShort,
  nothingBanned,
  type Rule,
  startsWithPurpose,
} from './rules.ts';

// Every rule catches what it is for, and lets the nearest innocent thing pass.
const at = (path: string, text: string) => ({ path, text });
const passes = (rule: Rule, path: string, text: string) => expect(rule(at(path, text))).toEqual([]);
const fails = (rule: Rule, path: string, text: string) =>
  expect(rule(at(path, text)).length).toBeGreaterThan(0);

const library = 'packages/simulator/src/events/example.ts';

describe('house rules', () => {
  it('fileIsShort', () => {
    fails(fileIsShort, library, 'x\n'.repeat(701));
    passes(fileIsShort, library, 'x\n'.repeat(600));
    passes(fileIsShort, 'docs/long.md', 'x\n'.repeat(900));
  });

  it('linesAreShort', () => {
    fails(linesAreShort, library, 'x'.repeat(101));
    passes(linesAreShort, library, 'x'.repeat(100));
  });

  it('functionsAreShort', () => {
    const body = '  a();\n'.repeat(70);
    fails(functionsAreShort, library, `function long(): void {\n${body}}\n`);
    fails(functionsAreShort, library, `export const long = (a: number) => {\n${body}};\n`);
    fails(functionsAreShort, library, `class A {\n  long(a: number): number {\n${body}  }\n}\n`);
    passes(functionsAreShort, library, `class A {\n${body}}\n`);
    passes(functionsAreShort, library, `function short(): void {\n  a();\n}\n`);
  });

  it('nothingBanned', () => {
    fails(nothingBanned, library, 'const x = Math.random();');
    fails(nothingBanned, library, 'const x = Date.now();');
    fails(nothingBanned, library, 'const x = Math.exp(1);');
    fails(nothingBanned, library, 'const x = process.env.HOME;');
    fails(nothingBanned, library, "import { readFileSync } from 'node:fs';");
    fails(nothingBanned, library, 'const x = y as any;');
    fails(nothingBanned, 'README.md', `see /${'work'}/main`);
    fails(nothingBanned, 'packages/x/src/a.ts', `${'TO'}DO: later`);
    passes(nothingBanned, library, '// Math.random has no seed.');
    passes(nothingBanned, 'packages/cli/src/ports.ts', 'const x = Date.now();');
    passes(nothingBanned, 'packages/simulator/src/base/exact-math.ts', 'const x = Math.log(1);');
  });

  it('arrowsPointDown', () => {
    fails(
      arrowsPointDown,
      'packages/scheduler/src/a.ts',
      "import { x } from '@beamline/simulator';",
    );
    fails(arrowsPointDown, 'packages/simulator/src/a.ts', "import { x } from '@beamline/figures';");
    passes(
      arrowsPointDown,
      'packages/simulator/src/a.ts',
      "import { x } from '@beamline/scheduler';",
    );
  });

  it('startsWithPurpose', () => {
    fails(startsWithPurpose, library, 'export const x = 1;\n');
    passes(startsWithPurpose, library, '/** One. */\nexport const x = 1;\n');
  });
});
