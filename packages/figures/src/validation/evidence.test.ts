import { storedValidation } from '@beamline/fixtures';
import type { EvidenceRow, Validation } from '@beamline/simulator';
import { describe, expect, it } from 'vitest';
import { evidenceCells, judgedRows, missedBy } from './evidence.ts';

// What the tables of predictions against measurements say, on the stored validation and by hand.

const { rows, transfers } = storedValidation as Validation;

const row: EvidenceRow = {
  quantity: 'output tokens/s at maximum load',
  gpu: 'H100',
  model: 'all',
  engine: 'vLLM',
  part: 'foreign',
  target: { median: 0.1, p90: 0.3 },
  isMet: false,
  count: 7,
  median: 0.12,
  p90: 0.35,
  bias: -0.02,
  source: 'a table',
  note: 'few points; median missed by 2.0 points; p90 missed by 5.0 points',
};

describe('cells of a row', () => {
  it('say what was asked and by how much it is missed, in both languages', () => {
    expect(evidenceCells(row, 'en')).toMatchObject({
      median: 12,
      bias: -2,
      asked: 'median ≤ 10 %, p90 ≤ 30 %',
      verdict: 'outside',
      missedText: 'missed by 5 points',
      remark: 'few points',
    });
    const japanese = evidenceCells({ ...row, target: { median: 0.1 } }, 'ja');
    expect(japanese.asked).toBe('中央値 ≤ 10 %');
    expect(japanese.missedText).toBe('2 ポイント超過');
    expect(japanese.quantity).toBe('最大負荷での出力トークン毎秒');
  });

  it('ask nothing without a target', () => {
    const free = { ...row, target: null, isMet: null };
    expect(evidenceCells(free, 'en')).toMatchObject({ asked: '–', missedText: 'nothing asked' });
    expect(judgedRows([row, free])).toEqual({ judged: [row], met: [] });
  });

  it('law: missed by more than nothing exactly where the verdict is outside', () => {
    for (const one of [...rows, ...transfers]) {
      expect(missedBy(one) > 0).toBe(evidenceCells(one, 'en').verdict === 'outside');
    }
  });
});
