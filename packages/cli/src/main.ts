import { BeamlineError } from '@beamline/simulator';
import { type Parsed, parseArguments } from './arguments.ts';
import { calibrateCommand } from './commands/calibrate.ts';
import { compareCommand } from './commands/compare.ts';
import { completionsCommand } from './commands/completions.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { estimateCommand } from './commands/estimate.ts';
import { helpCommand, versionCommand } from './commands/help.ts';
import { kernelsCommand } from './commands/kernels.ts';
import { replayCommand } from './commands/replay.ts';
import { reportCommand } from './commands/report.ts';
import { scenarioCommand } from './commands/scenario.ts';
import { simulateCommand } from './commands/simulate.ts';
import { sizeCommand } from './commands/size.ts';
import { Interrupted, sweepCommand } from './commands/sweep.ts';
import { validateCommand } from './commands/validate.ts';
import { Context } from './context.ts';
import { writeAtomically } from './files.ts';
import { commandHelp, generalHelp } from './help.ts';
import type { CommandName } from './options.ts';
import type { Ports } from './ports.ts';
import { type ExitCode, type Result, renderResult, type TextResult } from './result.ts';

/**
 * The command as a function: words and ports in, an exit code out. The result goes to stdout or to
 * `--out`, everything else to stderr; an error that is the user's is one message without a stack.
 */

type Handlers = { [C in CommandName]: (context: Context<C>) => Promise<Result | TextResult> };

const handlers: Handlers = {
  demo: demoCommand,
  estimate: estimateCommand,
  simulate: simulateCommand,
  sweep: sweepCommand,
  size: sizeCommand,
  compare: compareCommand,
  report: reportCommand,
  replay: replayCommand,
  kernels: kernelsCommand,
  calibrate: calibrateCommand,
  validate: validateCommand,
  doctor: doctorCommand,
  scenario: scenarioCommand,
  completions: completionsCommand,
  help: helpCommand,
  version: versionCommand,
};

export async function main(argv: readonly string[], ports: Ports): Promise<ExitCode> {
  try {
    const parsed = parseArguments(argv);
    if (parsed.values.help) {
      ports.stdout.write(parsed.isNamed ? commandHelp(parsed.command) : generalHelp());
      return 0;
    }
    return await runCommand(parsed, ports);
  } catch (error) {
    return report(error, ports, argv.includes('--debug'));
  }
}

async function runCommand(parsed: Parsed, ports: Ports): Promise<ExitCode> {
  const context = new Context(parsed, ports);
  try {
    const handler = handlers[parsed.command] as (c: Context) => Promise<Result | TextResult>;
    const result = await handler(context);
    const isText = 'text' in result;
    const text = isText ? result.text : renderResult(result, parsed.values.format);
    emit(context, text);
    if (result.reason !== undefined) ports.stderr.write(`beamline: ${oneLine(result.reason)}\n`);
    return result.exitCode ?? 0;
  } finally {
    await context.close();
  }
}

function emit(context: Context, text: string): void {
  const { out } = context.values;
  if (out === null) {
    context.ports.stdout.write(text);
    return;
  }
  writeAtomically(context.path(out), out, text);
  context.note(`Wrote ${out}.`);
}

function report(thrown: unknown, ports: Ports, showStack: boolean): ExitCode {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const isInterrupted = ports.interrupt.aborted;
  if (isInterrupted) {
    const text = error instanceof Interrupted ? error.message : 'Interrupted.';
    ports.stderr.write(`${text}\n`);
    return 130;
  }
  const code = error instanceof BeamlineError ? error.code : null;
  const prefix = code === null ? 'beamline: internal error: ' : 'beamline: ';
  ports.stderr.write(`${prefix}${withoutControls(error.message)}\n`);
  if (showStack) ports.stderr.write(`${error.stack ?? ''}\n`);
  else if (code === null) ports.stderr.write('Run it again with --debug to see where.\n');
  return code === 'input' ? 2 : code === 'infeasible' ? 3 : 1;
}

/** A message may quote a file: it must not move the terminal's cursor. */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, ' ');
}

function oneLine(text: string): string {
  return withoutControls(text).replace(/\n/g, ' ');
}
