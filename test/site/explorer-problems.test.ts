import { examineScenario } from '@beamline/simulator';
import { describe, expect, it } from 'vitest';
import { fieldLabels } from '../../apps/site/src/explorer/form-words.ts';
import { problemText } from '../../apps/site/src/explorer/problem-text.ts';

// What the simulator says is wrong stays whole; in Japanese a sentence goes before it that names
// the field and what to do.

const problemsOf = (given: Parameters<typeof examineScenario>[0]) =>
  examineScenario(given).problems;

describe('a problem', () => {
  it("is the simulator's own sentence in English, and nothing where there is none", () => {
    expect(problemText('must be true or false.', 'en', 'model')).toBe('must be true or false.');
    expect(problemText('', 'ja', 'model')).toBe('');
  });

  it.each([
    [{ speculation: { beams: 65 } }, 'speculation.beams', '0 ～ 64 の整数を入力してください。'],
    [{ workload: { ratePerSecond: 0 } }, 'workload.ratePerSecond', '0 より大きく'],
    [{ speculation: { method: 'medussa' } }, 'speculation.method', '「medusa」ではありませんか。'],
    [{ model: '' }, 'model', 'が空です。'],
    [{ workload: { kind: 'closed-loop' } }, 'workload.concurrency', 'が空です。'],
    [{ workload: { burstiness: 3 } }, 'workload.burstiness', 'この種類の負荷では使われません。'],
  ] as const)('of %j names its field in Japanese and what to do', (given, path, wish) => {
    const [problem] = problemsOf(given);
    expect(problem!.path).toBe(path);
    const text = problemText(problem!.message, 'ja', problem!.path);
    expect(text).toMatch(new RegExp(`^「${fieldLabels[path].ja}」`));
    expect(text).toContain(wish);
    expect(text).toContain(problem!.message);
  });

  it.each([
    ['2.speculation.beams', 'must be a thing.', '「ビーム数」の値を使えません。'],
    [
      '',
      'hardware.tensorParallel is 3, but m has 32 query heads.',
      '「テンソル並列」の値を使えません。',
    ],
    ['', 'workload.inputTokens.p99 must rise.', '「入力の長さ」の値を使えません。'],
    ['over', 'has no end.', '「負荷の範囲」の値を使えません。'],
    ['file', 'a.csv:12: inputTokens is "x".', 'a.csv の 12 行目を読めません。'],
    ['file', 'Unexpected end of JSON input', 'ファイルを読めません。'],
    ['warning', '7 requests were refused: they can never fit.', '7 件のリクエストを拒否しました。'],
    ['', 'm in bf16 does not fit on l4 with tensorParallel 1', 'm は l4 のメモリに収まりません。'],
    ['', 'something else', '計算できませんでした。'],
  ])('about %s: %s', (path, message, start) => {
    const text = problemText(message, 'ja', path);
    expect(text.startsWith(start), text).toBe(true);
    expect(text.endsWith(`：${message}）`)).toBe(true);
  });
});
