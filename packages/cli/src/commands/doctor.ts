import type { Context } from '../context.ts';
import { inspectMachine } from '../machine.ts';
import type { Result } from '../result.ts';

/** `beamline doctor`: what is there, what is missing, and the command that installs it. */
export async function doctorCommand(context: Context<'doctor'>): Promise<Result> {
  const findings = inspectMachine(context.ports.environment);
  const missing = findings.filter((finding) => !finding.isPresent);
  const needed = missing.filter((finding) => finding.isNeeded);
  const here = findings.length - missing.length;
  const names = missing.map((finding) => finding.name).join(', ');
  const first = needed[0] ?? missing.find((finding) => finding.install !== null);
  return {
    data: { version: 1, findings },
    tables: [
      {
        title: '',
        columns: [
          { name: 'part' },
          { name: 'state' },
          { name: 'what is there' },
          { name: 'gives' },
          { name: 'to install' },
        ],
        rows: findings.map((finding) => [
          finding.name,
          finding.isPresent ? 'present' : 'missing',
          finding.detail,
          finding.gives,
          finding.isPresent ? '' : (finding.install ?? 'not by a command'),
        ]),
      },
    ],
    closing: [
      missing.length === 0
        ? 'Result: everything is here.'
        : `Result: ${here} of ${findings.length} parts are here; missing: ${names}.`,
      needed.length === 0
        ? 'Why: simulation, sweeps and reports need none of what is missing.'
        : `Why: without ${needed[0]!.name} nothing can be simulated.`,
      first?.install == null ? 'Dig deeper: beamline' : `Dig deeper: ${first.install}`,
    ],
    exitCode: needed.length === 0 ? 0 : 3,
    ...(needed.length === 0 ? {} : { reason: `${needed[0]!.name} is missing` }),
  };
}
