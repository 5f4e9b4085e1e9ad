import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { engineCatalogue, hardwareCatalogue, storedValidation } from '@beamline/fixtures';
import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../../../test/laws/support/schedulers.ts';
import { sharedData, withoutData } from '../../../../test/support/shared-data.ts';
import {
  type FittedSubject,
  fitEngines,
  fitOperators,
  MeasuredTable,
  refittedEngine,
  refittedFixture,
  tpotPoints,
} from '../../src/calibration/index.ts';
import { parseScenario } from '../../src/scenario/index.ts';
import { type Validation, validate } from '../../src/validation/index.ts';

/** The figures of fixtures/hardware are what the fit gives, and as good as the files say. */

const TPOT = 'end_to_end/h100_ttft_tpot.csv';
const TABLE = 'operators/h100_sxm__trtllm_1.3.0rc20__gemm_perf.csv.gz';

function read(path: string): string | null {
  const file = sharedData(path);
  if (file === null) return null;
  const bytes = readFileSync(file);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

const ports = { createScheduler: createScheduler(), openTrace: () => [] };

/** Fitting takes seconds: once for all tests. */
let known: FittedSubject[] | null = null;
function fitted(): FittedSubject[] {
  known ??= fitOperators(read);
  return known;
}

describe('the fitted GPUs', () => {
  it('law: a second fit of the same tables changes nothing', { timeout: 180_000 }, () => {
    if (sharedData(TABLE) === null) return console.log(`skipped: ${withoutData('operators')}`);
    const fits = fitted().map(({ fit }) => fit);
    expect(fits.length).toBeGreaterThan(10);
    const engines = fitEngines(tpotPoints(new MeasuredTable(TPOT, read(TPOT)!)));
    for (const fixture of Object.values(engineCatalogue)) {
      expect(refittedEngine(fixture, engines)).toEqual(fixture);
    }
    for (const fixture of Object.values(hardwareCatalogue)) {
      const again = refittedFixture(fixture, fits, engines, (id) => hardwareCatalogue[id]!);
      expect(again).toEqual(fixture);
    }
  });

  it('say how far off each curve is on rows that it was not fitted to', () => {
    const fits = Object.values(hardwareCatalogue).flatMap((gpu) => gpu.fits);
    for (const { operator, heldOut, inSample, crossValidated, range } of fits) {
      // A fit that only remembers its rows would do much worse on others; tables of collectives
      // leave it a dozen or two.
      const isSmall = operator.startsWith('link');
      expect(heldOut.median, operator).toBeLessThan(inSample.median + (isSmall ? 0.1 : 0.02));
      expect(heldOut.median, operator).toBeLessThan(isSmall ? 0.15 : 0.1);
      expect(crossValidated.count, operator).toBe(inSample.count);
      expect(heldOut.count, operator).toBeGreaterThan(inSample.count);
      for (const [least, greatest] of Object.values(range)) {
        expect(least).toBeLessThanOrEqual(greatest);
      }
    }
  });

  it('are the two that have tables; the others say that they have none', () => {
    for (const gpu of Object.values(hardwareCatalogue)) {
      const isMeasured = ['h100-sxm', 'a100-sxm'].includes(gpu.id);
      expect(gpu.fits.length > 0, gpu.id).toBe(isMeasured);
      const { kind, source } = gpu.origins['attention']!;
      expect(kind).toBe(isMeasured ? 'modelled' : 'assumed');
      if (!isMeasured) expect(source).toContain('no measurement of this GPU');
    }
  });
});

describe('the fitted engines', () => {
  it('meet six per cent on times per output token that they were not fitted to', () => {
    for (const { id, fit } of Object.values(engineCatalogue)) {
      expect(fit!.heldOut.count, id).toBeGreaterThan(fit!.inSample.count);
      expect(fit!.heldOut.median, id).toBeLessThan(0.06);
    }
  });
});

describe('the stored validation', () => {
  it('law: is what the measurements give', { timeout: 60_000 }, () => {
    if (sharedData(TABLE) === null) return console.log(`skipped: ${withoutData('operators')}`);
    const validation = validate(read, ports, fitted());
    // Through JSON, which has no undefined.
    expect(JSON.parse(JSON.stringify(validation))).toEqual(storedValidation);
  });

  const stored = storedValidation as Validation;

  it('judges by points that no parameter was fitted to', () => {
    for (const row of [...stored.rows, ...stored.transfers]) {
      if (row.part === 'fitted') expect(row.isMet, row.quantity).toBeNull();
      if (row.isMet === false) expect(row.note).toMatch(/missed by [\d.]+ points/);
      if (row.isMet === true) expect(row.median).toBeLessThanOrEqual(row.target!.median);
    }
    expect(stored.points.every(({ part }) => part !== 'fitted')).toBe(true);
  });

  it('meets what is asked of whole engines', () => {
    const total = (quantity: string) =>
      stored.rows.find((row) => row.quantity.startsWith(quantity) && row.gpu === 'all')!;
    expect(total('time per output token, ms').median).toBeLessThan(0.06);
    expect(total('output tokens/s at maximum load').median).toBeLessThan(0.1);
    expect(total('wall power').median).toBeLessThan(0.15);
  });

  it('can open every end-to-end point as a scenario', () => {
    const opened = stored.points.filter(({ scenario }) => scenario !== null);
    expect(opened.length).toBeGreaterThan(250);
    for (const { scenario, cell } of opened) {
      expect(parseScenario(scenario, cell).version).toBe(1);
    }
  });
});
