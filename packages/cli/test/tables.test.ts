import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allowed, type Field, fields, scenarioPaths } from '@beamline/simulator';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { completionScript, shells, wordsOf } from '../src/completions.ts';
import { referencePages } from '../src/docs.ts';
import { commandHelp, fieldHelp } from '../src/help.ts';
import { commandNames, commands, flagName, globalOptions, optionsOf } from '../src/options.ts';
import { scenarioFlags } from '../src/scenario-flags.ts';
import { VERSION } from '../src/version.ts';

/** Everything that is made from the option table and the table of fields. */

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the option table', () => {
  it.each(commandNames)(
    '%s: names are spelt alike, none twice, none like a field’s flag',
    (name) => {
      const keys = [...Object.keys(commands[name].options), ...Object.keys(globalOptions)];
      const own = [...optionsOf(name).keys()];
      expect(own).toHaveLength(keys.length);
      for (const option of own) expect(option).toMatch(/^[a-z]+(-[a-z]+)*$/);
      if (commands[name].takesScenario) {
        expect(own.filter((option) => scenarioFlags.has(option) || option === 'set')).toEqual([]);
      }
    },
  );

  it.each(commandNames)('%s: its help names every option, field and example', (name) => {
    const help = commandHelp(name);
    for (const [key, spec] of Object.entries(commands[name].options)) {
      expect(help).toContain(`--${flagName(key, spec)}`);
    }
    if (commands[name].takesScenario) {
      for (const path of scenarioPaths.filter((one) => one !== 'version')) {
        const { flag } = fields[path] as Field;
        expect(help).toContain(flag === undefined ? `--set ${path}=` : `--${flag} `);
      }
    }
    expect(commands[name].examples.length).toBeGreaterThan(0);
    for (const example of commands[name].examples) expect(help).toContain(example);
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('flags of fields are spelt alike and none stands twice', () => {
    const flags = scenarioPaths.flatMap((path) => (fields[path] as Field).flag ?? []);
    expect(new Set(flags).size).toBe(flags.length);
    for (const flag of flags) expect(flag).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('help for a field says what is allowed', () => {
    for (const path of scenarioPaths) {
      const field = fields[path] as Field;
      expect(fieldHelp(path)).toContain(allowed(field.value, field.unit));
    }
  });

  it('the version is the package’s', () => {
    expect(VERSION).toBe(manifest.version);
  });
});

describe('reference pages', () => {
  it.each(Object.entries(referencePages()))('%s is up to date (npm run docs)', (path, text) => {
    expect(existsSync(root + path) ? readFileSync(root + path, 'utf8') : '').toBe(text);
  });
});

describe('completions', () => {
  const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

  it('offer every command and option, and hold nothing that a shell would run', () => {
    for (const shell of shells) {
      const script = completionScript(shell);
      for (const command of commandNames) {
        expect(script).toContain(command);
        for (const { name, choices } of wordsOf(command)) {
          expect(script).toContain(shell === 'fish' ? `-l ${name.slice(2)} ` : name);
          expect(name).toMatch(/^--[a-z-]+$/);
          for (const choice of choices ?? []) expect(choice).toMatch(/^[A-Za-z0-9.=-]+$/);
        }
      }
    }
  });

  it.each(['bash', 'zsh'] as const)('%s accepts its script', (shell) => {
    if (!has(shell)) return console.log(`no ${shell} on this machine: its script is not tried`);
    execFileSync(shell, ['-n'], { input: completionScript(shell) });
  });

  it('bash completes commands, options, paths and choices', () => {
    if (!has('bash')) return console.log('no bash on this machine: completions are not tried');
    const complete = (...words: string[]) => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const script = `${completionScript('bash')}
compopt() { :; }
COMP_WORDS=(beamline ${list}); COMP_CWORD=${words.length}
_beamline; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', script]).toString().trim().split('\n');
    };
    expect(complete('sim')).toEqual(['simulate']);
    expect(complete('simulate', '--be')).toEqual(['--beams']);
    expect(complete('simulate', '--set', 'speculation.b')).toEqual(['speculation.beams=']);
    expect(complete('simulate', '--method', 'red')).toEqual(['redrafter']);
    expect(complete('scenario', '--format', 'y')).toEqual(['yaml']);
    expect(complete('completions', 'z')).toEqual(['zsh']);
    expect(complete('help', 'speculation.dr')).toEqual(['speculation.draftLength']);
  });
});
