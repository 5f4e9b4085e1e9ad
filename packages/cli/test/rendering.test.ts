import { loadSpeedup } from '@beamline/figures';
import { parseScenario, toYaml } from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryScenario } from '../../../test/support/arbitrary-scenario.ts';
import { runAt } from '../../../test/support/runs.ts';
import { drawChart } from '../src/chart.ts';
import { verdictOf } from '../src/commands/compare.ts';
import { shortBinding } from '../src/run-tables.ts';
import { renderCsv, renderMarkdown, renderText, type Table } from '../src/table.ts';
import { shellWord } from '../src/words.ts';
import { parseYaml } from '../src/yaml.ts';

describe('YAML (law: scenario → YAML → the same scenario)', () => {
  it.each([true, false])('comments: %s', (comments) => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const { value } = parseYaml(toYaml(scenario, { comments }), 'test');
        expect(parseScenario(value, 'test')).toEqual(scenario);
      }),
    );
  });

  it('says on which line each field stands', () => {
    const yaml = toYaml(parseScenario({}, 'test'), { comments: true });
    const { locate } = parseYaml(yaml, 'test');
    const line = locate('speculation.beams')!;
    expect(yaml.split('\n')[line - 1]).toBe('  beams: 4');
    expect(locate('nothing.here')).toBe(null);
  });

  it('keeps lines within 100 columns', () => {
    const yaml = toYaml(parseScenario({}, 'test'), { comments: true });
    for (const line of yaml.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('tables', () => {
  const table: Table = {
    title: '',
    columns: [{ name: 'name' }, { name: 'time', unit: 'ms' }, { name: 'note' }],
    rows: [
      ['a', 1234.5678, 'x|y, "z"'],
      ['bb', 2, null],
    ],
  };

  it('text: numbers right-aligned with thousands, unit in the header', () => {
    expect(renderText(table)).toBe(
      [
        'name  time (ms)  note',
        '────  ─────────  ────────',
        'a         1,235  x|y, "z"',
        'bb            2  –',
        '',
      ].join('\n'),
    );
  });

  it('CSV: all digits, quotes doubled, nothing for what is not there', () => {
    expect(renderCsv(table)).toBe('name,time (ms),note\r\na,1234.5678,"x|y, ""z"""\r\nbb,2,\r\n');
  });

  it('Markdown: bars escaped', () => {
    expect(renderMarkdown(table)).toBe(
      '| name | time (ms) | note |\n| --- | ---: | --- |\n' +
        '| a | 1,235 | x\\|y, "z" |\n| bb | 2 | – |\n',
    );
  });

  it('a name cannot move the cursor', () => {
    const evil = { ...table, rows: [['\u001b[2Jgone', 1, null]] };
    expect(renderText(evil)).not.toContain('\u001b');
  });
});

describe('the chart', () => {
  const options = { columns: 80, isUnicode: true, hasColor: false };
  const falling = loadSpeedup([runAt(1, 2), runAt(4, 1.4), runAt(16, 0.8)]);

  it('marks every point, the rule at 1× and the crossover', () => {
    const chart = drawChart(falling, options);
    const plot = chart.split('\n').filter((line) => line.includes('│'));
    expect(plot.join('').match(/●/g)).toHaveLength(3);
    expect(plot.find((line) => line.trim().startsWith('1×'))).toMatch(/┄{10}/);
    expect(chart).toContain('▴ 1× at 10.1 requests/s');
    const row = (load: number) => plot.findIndex((line) => line.indexOf('●') > load * 20);
    expect(row(0)).toBeLessThan(row(1));
  });

  it('falls back to ASCII, and stays within the columns', () => {
    const chart = drawChart(falling, { columns: 60, isUnicode: false, hasColor: false });
    const picture = chart.split('\n').slice(1, 18).join('\n');
    expect([...picture].filter((char) => char > '~')).toEqual([]);
    for (const line of picture.split('\n')) expect(line.length).toBeLessThanOrEqual(72);
    expect(chart).toContain('^ 1x at 10.1 requests/s');
  });

  it('never fails, whatever the points', () => {
    const point = fc.record({
      rate: fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
      speedup: fc.double({ min: 1e-3, max: 50, noNaN: true }),
      beams: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 12 }),
        fc.integer({ min: 1, max: 300 }),
        (points, n) => {
          const runs = points.map(({ rate, speedup, beams }) =>
            runAt(rate, speedup, { scenario: { speculation: { beams } } }),
          );
          const figure = loadSpeedup(runs);
          for (const isUnicode of [true, false]) {
            const chart = drawChart(figure, { columns: n, isUnicode, hasColor: true });
            expect(chart === '').toBe(points.length === 0);
          }
        },
      ),
    );
  });
});

describe('verdicts of pairs', () => {
  it.each([
    [[3, 4], 'faster'],
    [[-3, -4], 'slower'],
    [[0.5, -0.5], 'same'],
    [[3, -4], 'unclear'],
    [[3, 0.5], 'unclear'],
    [[5, 5, 5, 5, 5, 0.9], 'faster'],
    [[Number.NaN], 'unclear'],
    [[], 'unclear'],
  ])('%j is %s', (percents, verdict) => {
    expect(verdictOf(percents, 1)).toBe(verdict);
  });
});

describe('words', () => {
  it('a shell reads back what was quoted', () => {
    expect(shellWord('a=b')).toBe('a=b');
    expect(shellWord('ttft < 1s')).toBe("'ttft < 1s'");
    expect(shellWord("it's")).toBe("'it'\\''s'");
  });

  it('what binds, in short', () => {
    const none = 'none: requests waited in 0 % of steps; steps are bound by compute (1 %)';
    expect(shortBinding(none)).toBe('compute');
    expect(shortBinding('batch size: serving.maxBatchSize is reached')).toBe('batch size');
    expect(shortBinding('anything else')).toBe('anything else');
  });
});
