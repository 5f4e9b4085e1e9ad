/** What was found, as a text to paste somewhere: the adapter, counts, failures, times. */
import type { Messages } from './messages.ts';
import type { LabSession } from './session.ts';
import { digits, duration, quantity, totalsOf } from './tally.ts';

export function ceilingsText(words: Messages, session: LabSession): string {
  const { ceilings } = session;
  if (ceilings === null) return '';
  return words.ceilings(
    quantity(ceilings.copyBytesPerSecond, 'B/s'),
    quantity(ceilings.multiplyFlopPerSecond, 'FLOP/s'),
    duration(ceilings.launchNs),
  );
}

export function summaryText(words: Messages, session: LabSession): string {
  const { verified, timed, tallies } = session;
  const lines: string[] = [];
  const first = verified[0] ?? timed[0]?.record;
  if (first === undefined) return '';
  const { environment, deviceTitle } = first;
  lines.push(`Beamline ${environment.commit?.slice(0, 12) ?? ''}`.trim());
  lines.push(`${deviceTitle}; ${environment.cpu}`);
  if (verified.length > 0) {
    const { passed, failed, untaken } = totalsOf(tallies.values());
    lines.push('', `${words.verifyHead}: ${words.verified(passed, failed, untaken)}`);
    for (const { operator, failed: wrong } of tallies.values()) {
      for (const { case: id, variant, status, message } of wrong.slice(0, 10)) {
        lines.push(`- ${id}, ${variant}: ${words.statuses[status]}: ${message}`);
      }
      if (wrong.length > 10) lines.push(`- ${operator}: ${words.more(wrong.length - 10)}`);
    }
  }
  if (timed.length > 0) {
    lines.push('', `${words.timeHead}: ${ceilingsText(words, session)}`);
    for (const { record, floor } of timed) {
      const { timing, message } = record;
      const time = timing === null ? words.untimed(message) : duration(timing.medianNs);
      const share = floor === null ? '' : `, ${digits(100 * floor.share)} %`;
      lines.push(`- ${record.case}, ${record.variant}: ${time}${share}`);
    }
  }
  return lines.join('\n');
}
