import {
  examineScenario,
  inputError,
  isPlainObject,
  parseScenario,
  type Scenario,
} from '@beamline/simulator';
import { LineCounter, parseDocument } from 'yaml';
import type { OpenedFile } from './protocol.ts';

/**
 * A file that someone opens: a scenario (YAML or JSON, which is YAML), a run of
 * `beamline simulate --format json`, or a sweep of `beamline sweep --format json`. Errors name the
 * file, as the command's do.
 */

export const MAX_OPENED_BYTES = 8 * 1024 * 1024;
const MAX_ALIASES = 100;
const MAX_POINTS = 1000;

/** @throws BeamlineError `input` on anything that is none of the three */
export function openText(name: string, text: string): OpenedFile {
  if (text.length > MAX_OPENED_BYTES) {
    throw inputError(`${name}: is larger than 8 MB, the most that is opened here.`);
  }
  const value = textValue(name, text);
  if (isRun(value)) return { kind: 'run', ...runOf(name, value) };
  if (isPlainObject(value) && Array.isArray(value.points)) return sweepOf(name, value.points);
  if (isPlainObject(value) && 'ranking' in value) {
    throw inputError(`${name}: is a sizing; open the scenario or the run that it was made from.`);
  }
  return { kind: 'scenario', scenarios: [parseScenario(value, name)], runs: [] };
}

function textValue(name: string, text: string): unknown {
  const trimmed = text.replace(/^\ufeff/, '');
  if (trimmed.includes('\0')) throw inputError(`${name}: is not a text file.`);
  if (/^\s*[{[]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed);
    } catch {
      // A flow mapping of YAML also starts with a brace; its parser tells what is wrong and where.
    }
  }
  const lines = new LineCounter();
  const document = parseDocument(trimmed, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: false,
    schema: 'core',
    version: '1.2',
    customTags: [],
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw inputError(`${name}:${line}:${col}: ${problem.message.split('\n')[0]}`);
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw inputError(`${name}: ${(error as Error).message.split('\n')[0]}`);
  }
}

function isRun(value: unknown): value is Record<string, unknown> & { scenario: object } {
  return isPlainObject(value) && 'metrics' in value && isPlainObject(value.scenario);
}

function runOf(name: string, run: { scenario: object }): { scenarios: Scenario[]; runs: string[] } {
  const scenario = parseScenario(run.scenario, `${name}: scenario`);
  return { scenarios: [scenario], runs: [JSON.stringify(run, null, 2)] };
}

function sweepOf(name: string, points: readonly unknown[]): OpenedFile {
  if (points.length > MAX_POINTS) {
    throw inputError(`${name}: has ${points.length} points; at most ${MAX_POINTS} are opened.`);
  }
  const runs = points.flatMap((point) =>
    isPlainObject(point) && isRun(point.run) ? [point.run] : [],
  );
  if (runs.length === 0) throw inputError(`${name}: is a sweep without a finished point.`);
  const scenarios: Scenario[] = [];
  const texts: string[] = [];
  for (const run of runs) {
    const { scenario, problems } = examineScenario(run.scenario);
    if (problems.length > 0) {
      const { path, message } = problems[0]!;
      throw inputError(`${name}: a scenario of its points: ${path} ${message}`);
    }
    scenarios.push(scenario);
    texts.push(JSON.stringify(run, null, 2));
  }
  return { kind: 'sweep', scenarios, runs: texts };
}
