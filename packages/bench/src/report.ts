/**
 * Records as one page that needs nothing else: a table of what is right and a table of what is how
 * fast, with unit, bound and origin. It has no script, so it prints and can be sent.
 */
import { timesNaive } from './naive.ts';
import { isFailed, type KernelRecord, type Status, statusMeanings } from './record.ts';
import { summariseRecords } from './summary.ts';

function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (letter) => entities[letter]!);
}

function numberText(value: number | null, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e7)) return value.toExponential(2);
  return value.toLocaleString('en', { maximumSignificantDigits: Math.max(digits, 3) });
}

type Cell = string | number | null;

function table(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  const cell = (value: Cell) =>
    typeof value === 'string'
      ? `<td>${escaped(value)}</td>`
      : `<td class="number">${numberText(value)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  const names = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  return `<h2>${escaped(title)}</h2>
<div class="wide"><table>
<thead><tr>${names}</tr></thead>
<tbody>
${body}
</tbody></table></div>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8886; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.75rem; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
@media print { body { max-width: none; } }
`;

function timedRows(records: readonly KernelRecord[]): Cell[][] {
  const times = timesNaive(records);
  return records
    .filter(({ timing }) => timing !== null)
    .map((record) => {
      const timing = record.timing!;
      const { floor } = record;
      return [
        record.operator,
        record.case.slice(record.operator.length + 1),
        record.variant,
        `${timing.caches}, ${timing.launch}`,
        timing.medianNs / 1e3,
        timing.noise * 100,
        record.work.bytes / 1e6,
        record.work.flop / 1e9,
        floor === null ? null : floor.ns / 1e3,
        floor?.bound ?? '–',
        record.share === null ? null : record.share * 100,
        times.get(record) ?? null,
        record.isFunctional ? 'measured on a CPU' : 'measured',
      ];
    });
}

const TIMED_HEAD = [
  'operator',
  'case',
  'variant',
  'caches, launch',
  'time (µs)',
  'noise (%)',
  'bytes (MB)',
  'FLOP (GFLOP)',
  'floor (µs)',
  'bound',
  'share of the floor (%)',
  'times as fast as naive',
  'origin',
];

const FAILED_HEAD = ['case', 'variant', 'device', 'status', 'meaning', 'message'];

/** Right by operator and variant. */
function checkedRows(records: readonly KernelRecord[]): Cell[][] {
  const groups = new Map<string, KernelRecord[]>();
  for (const record of records) {
    if (record.timing !== null) continue;
    const key = `${record.operator}\n${record.variant}\n${record.device}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].map((group) => {
    const { operator, variant, device } = group[0]!;
    const { passed, failed, unsupported } = summariseRecords(group);
    const errors = group.map(({ error }) => error ?? 0);
    return [operator, variant, device, passed, failed, unsupported, Math.max(...errors)];
  });
}

function failedRows(records: readonly KernelRecord[]): Cell[][] {
  return records
    .filter(({ status }) => isFailed(status))
    .map(({ status, variant, device, message, case: id }) => [
      id,
      variant,
      device,
      status,
      statusMeanings[status as Status],
      message,
    ]);
}

/** The page. The records' own environment and commit are its only facts about where and when. */
export function reportHtml(records: readonly KernelRecord[]): string {
  const { passed, failed, unsupported } = summariseRecords(records);
  const places = new Set(
    records.map(({ deviceTitle, environment }) => {
      const { commit, hasChanges, cpu, node } = environment;
      const changes = hasChanges ? ' with changes' : '';
      return `${deviceTitle}; ${cpu}; Node ${node}; commit ${commit ?? 'unknown'}${changes}`;
    }),
  );
  const finding =
    failed === 0 ? `${passed} results, none failed` : `${failed} of ${records.length} failed`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kernels: ${escaped(finding)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Kernels: ${escaped(finding)}</h1>
<p>${unsupported} cases are not supported by a variant and count neither way.</p>
<ul>
${[...places].map((place) => `<li>${escaped(place)}</li>`).join('\n')}
</ul>
${table('What failed', FAILED_HEAD, failedRows(records))}
${table('Times', TIMED_HEAD, timedRows(records))}
${table(
  'What is right',
  ['operator', 'variant', 'device', 'passed', 'failed', 'unsupported', 'greatest relative error'],
  checkedRows(records),
)}
</main>
</body>
</html>
`;
}
