/**
 * Records of the kernel bench from JSON lines, as a page reads them: what the figure needs of each,
 * or an error that names file, line and field. Law: a text never throws anything but that error.
 */
import type { RooflineRecord } from './model.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws an Error in words for the reader. */
export function parseRooflineRecords(text: string, file: string): RooflineRecord[] {
  const records: RooflineRecord[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    records.push(recordOf(line, `${file}:${i + 1}`));
  });
  if (records.length === 0) throw new Error(`${file}: holds no record of the kernel bench.`);
  return records;
}

function recordOf(line: string, at: string): RooflineRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`${at}: is not JSON; one record a line is expected.`);
  }
  if (!isFields(value)) throw new Error(`${at}: a record must be an object.`);
  if (value['version'] !== 1) throw new Error(`${at}: records of version 1 are read.`);
  const words = (name: string): string => {
    const found = value[name];
    if (typeof found !== 'string') throw new Error(`${at}: ${name} must be a text.`);
    return found;
  };
  return {
    operator: words('operator'),
    case: words('case'),
    variant: words('variant'),
    deviceTitle: words('deviceTitle'),
    status: words('status'),
    work: workOf(value['work'], at),
    timing: timingOf(value['timing'] ?? null, at),
    isFunctional: value['isFunctional'] === true,
  };
}

function count(fields: Fields, name: string, at: string): number {
  const found = fields[name];
  if (typeof found !== 'number' || !Number.isFinite(found) || found < 0) {
    throw new Error(`${at}: ${name} must be a number from 0.`);
  }
  return found;
}

function workOf(value: unknown, at: string): RooflineRecord['work'] {
  if (!isFields(value)) throw new Error(`${at}: work must be an object.`);
  const of = (name: string) => count(value, name, `${at}: work`);
  return { bytes: of('bytes'), flop: of('flop'), exps: of('exps'), launches: of('launches') };
}

function timingOf(value: unknown, at: string): RooflineRecord['timing'] {
  if (value === null) return null;
  if (!isFields(value)) throw new Error(`${at}: timing must be an object or null.`);
  const medianNs = count(value, 'medianNs', `${at}: timing`);
  if (medianNs === 0) throw new Error(`${at}: timing: medianNs must be above 0.`);
  return {
    medianNs,
    noise: count(value, 'noise', `${at}: timing`),
    caches: value['caches'] === 'warm' ? 'warm' : 'cold',
    launch: value['launch'] === 'graph' ? 'graph' : 'plain',
  };
}
