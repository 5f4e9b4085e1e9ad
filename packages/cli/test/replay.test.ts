import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { sharedData, withoutData } from '../../../test/support/shared-data.ts';
import { call, Folder } from './harness.ts';

/** `beamline replay --against`: a recorded run beside the simulation of the same requests. */
const folder = new Folder();
afterAll(() => folder.remove());

const none = ['--method', 'none'];
const plan = Array.from({ length: 12 }, (_, i) => ({
  arrivalSeconds: 5 + i / 4,
  inputTokens: 100 + 10 * i,
  outputTokens: 5 + i,
}));

/** Records what is made of each request: an engine with a stated first token and pace. */
function recorded(firstMs: number, paceMs: number, withTokens = false): string {
  const lines = plan.map((request) => {
    const first = request.arrivalSeconds + firstMs / 1e3;
    const tokens = Array.from(
      { length: request.outputTokens },
      (_, i) => first + (i * paceMs) / 1e3,
    );
    const times = { firstTokenSeconds: first, lastTokenSeconds: tokens.at(-1)! };
    return JSON.stringify({
      ...request,
      ...times,
      ...(withTokens ? { tokenSeconds: tokens } : {}),
    });
  });
  return `${lines.join('\n')}\n`;
}

async function replay(argv: readonly string[], code = 0) {
  const called = await call(['replay', ...argv], { cwd: folder.path });
  expect(`${called.code} ${called.stderr}`).toMatch(new RegExp(`^${code} `));
  return called;
}

describe('replay --against', () => {
  it('compares means and distributions; the means are those of the run itself', async () => {
    folder.file('log.jsonl', recorded(40, 10, true));
    const argv = ['log.jsonl', '--against', 'log.jsonl', ...none, '-f', 'json'];
    const { stdout } = await replay(argv);
    const { metrics, replay: comparison, baseline } = JSON.parse(stdout);
    expect(baseline).toBe(null);
    expect(comparison).toMatchObject({ format: 'beamline', from: 0, to: 12 });
    const names = comparison.quantities.map((one: { quantity: string }) => one.quantity);
    expect(names).toEqual(['ttftMs', 'tpotMs', 'itlMs', 'e2eMs']);
    const [ttft, tpot, itl, e2e] = comparison.quantities;
    expect(ttft.meanRecorded).toBeCloseTo(40, 6);
    expect(tpot.meanRecorded).toBeCloseTo(10, 6);
    expect(itl.recordedCount).toBe(plan.reduce((sum, one) => sum + one.outputTokens - 1, 0));
    expect(ttft.meanSimulated).toBeCloseTo(metrics.ttftMs.mean, 6);
    expect(e2e.meanSimulated).toBeCloseTo(metrics.e2eMs.mean, 6);
    expect(tpot.meanSimulated).toBeCloseTo(metrics.tpotMs.mean, 6);
    expect(ttft.meanError).toBeCloseTo(metrics.ttftMs.mean / 40 - 1, 9);
    expect((await replay(argv)).stdout).toBe(stdout);
  });

  it('takes the recorded arrivals where no trace is named', async () => {
    folder.file('log.jsonl', recorded(40, 10));
    const given = await replay(['--against', 'log.jsonl', ...none, '-f', 'json']);
    const named = await replay(['log.jsonl', '--against', 'log.jsonl', ...none, '-f', 'json']);
    expect(given.stdout).toBe(named.stdout);
    const alone = JSON.parse((await replay(['log.jsonl', ...none, '-f', 'json'])).stdout);
    expect(alone).not.toHaveProperty('replay');
    expect(alone.metrics).toEqual(JSON.parse(given.stdout).metrics);
  });

  it('shows the finding, the tables, the way on, and draws the quantiles', async () => {
    folder.file('log.jsonl', recorded(40, 10));
    const { stdout, stderr } = await replay(['--against', 'log.jsonl', ...none, '--svg', 'q.svg']);
    expect(stdout).toMatch(/time per output token +10 +[\d.]+/);
    expect(stdout).toMatch(/Result: Simulated against recorded means of 12 requests: time to/);
    expect(stdout).toContain('lies apart most');
    expect(stdout).toContain('Dig deeper: beamline calibrate log.jsonl --set workload.kind=trace');
    expect(stderr).toContain('Wrote the quantile plot to q.svg.');
    expect(readFileSync(folder.at('q.svg'), 'utf8')).toMatch(/^<\?xml[^\n]*\n<svg /);
  });

  it('fewer requests than recorded are compared, first come first', async () => {
    folder.file('log.jsonl', recorded(40, 10));
    const argv = ['--against', 'log.jsonl', ...none, '--requests', '5', '-f', 'json'];
    const { replay: comparison } = JSON.parse((await replay(argv)).stdout);
    expect(comparison.to).toBe(5);
    for (const one of comparison.quantities) {
      expect([one.recordedCount, one.simulatedCount]).toEqual([5, 5]);
    }
  });

  it.each<[string, string[], string]>([
    ['no trace and no record', [], 'needs a trace'],
    ['a picture of nothing', ['log.jsonl', '--svg', 'x.svg'], 'give --against FILE'],
    ['no such file', ['--against', 'no.jsonl'], 'no.jsonl: cannot be read: no such file'],
    ['an arrival only', ['log.jsonl', '--against', 'bare.jsonl'], 'bare.jsonl:1: the key firstTok'],
    ['other requests', ['other.jsonl', '--against', 'log.jsonl'], 'request 1 has 100 input and 5'],
    ['more requests', ['log.jsonl', '--against', 'short.jsonl'], 'holds 1 requests and the simul'],
  ])('%s is refused', async (_, argv, message) => {
    folder.file('log.jsonl', recorded(40, 10));
    folder.file('short.jsonl', recorded(40, 10).split('\n')[0]!);
    folder.file('bare.jsonl', JSON.stringify(plan[0]));
    const changed = { ...plan[0]!, inputTokens: 7 };
    folder.file('other.jsonl', JSON.stringify(changed));
    const { stderr, stdout } = await replay([...argv, ...none], 2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(existsSync(folder.at('x.svg'))).toBe(false);
  });

  it('reads the log of a real engine', async (context) => {
    const path = 'vllm/RTX4090_Llama-3.1-8B/requests.jsonl';
    const log = sharedData(path);
    if (log === null) {
      console.log(withoutData(path));
      return context.skip();
    }
    const engine = ['--gpu', 'rtx-4090', '--max-num-tokens', '2048', '--max-batch-size', '256'];
    const { stdout } = await replay(['--against', log, ...none, ...engine, '-f', 'json']);
    const { replay: comparison } = JSON.parse(stdout);
    expect(comparison.format).toBe('vllm');
    // The publisher's own summary of the log: means of 65,456.6, 32.4 and 86,578.3 ms.
    const [ttft, tpot, e2e] = comparison.quantities;
    expect(ttft.meanRecorded).toBeCloseTo(65456.6, 1);
    expect(tpot.meanRecorded).toBeCloseTo(32.4, 1);
    expect(e2e.meanRecorded).toBeCloseTo(86578.3, 1);
  });
});
