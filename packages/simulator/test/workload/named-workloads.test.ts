import { workloadCatalogue } from '@beamline/fixtures';
import { describe, expect, test } from 'vitest';
import { sharedData, withoutData } from '../../../../test/support/shared-data.ts';
import { arrivals, noTrace, REPLAY, readFileChunks } from '../support/traces.ts';

/** The bundled workloads: each figure computed again from its trace, and drawn lengths like it. */

const FILES: Record<string, string> = {
  'azure-chat': 'traces/AzureLLMInferenceTrace_conv.csv',
  'azure-code': 'traces/AzureLLMInferenceTrace_code.csv',
  'mooncake-conversation': 'traces/mooncake_fast25_conversation_trace.jsonl',
};

const meanOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The smallest value that at least the share p of the values do not exceed. */
function nearestRank(sorted: readonly number[], p: number): number {
  const reached = sorted.findIndex((_, i) => (i + 1) / sorted.length >= p - 1e-12);
  return sorted[reached]!;
}

describe('named workloads', () => {
  for (const [name, workload] of Object.entries(workloadCatalogue)) {
    const path = sharedData(FILES[name]!);
    const skipped = path === null ? ` (skipped: ${withoutData(FILES[name]!)})` : '';
    test.skipIf(path === null)(`${name}: the figures are those of the trace${skipped}`, () => {
      const settings = { ...REPLAY, trace: path };
      const all = arrivals(settings, readFileChunks);
      const spanSeconds = all[all.length - 1]!.arrivalNs / 1e9;
      expect(workload.requests).toBe(all.length);
      expect(workload.spanSeconds / spanSeconds).toBeCloseTo(1, 5);
      expect((workload.ratePerSecond * spanSeconds) / (all.length - 1)).toBeCloseTo(1, 5);
      const gaps = all.slice(1).map((arrival, i) => arrival.arrivalNs - all[i]!.arrivalNs);
      const mean = meanOf(gaps);
      const variation = meanOf(gaps.map((gap) => (gap / mean - 1) ** 2));
      expect(workload.burstiness / variation).toBeCloseTo(1, 5);
      for (const [lengths, tokens, meanTokens] of [
        [workload.inputTokens, all.map((a) => a.inputTokens), workload.meanInputTokens],
        [workload.outputTokens, all.map((a) => a.outputTokens), workload.meanOutputTokens],
      ] as const) {
        const sorted = [...tokens].sort((a, b) => a - b);
        expect(lengths.quantiles).toEqual(
          lengths.quantiles.map(([p]) => [p, nearestRank(sorted, p)]),
        );
        expect(meanTokens / meanOf(tokens)).toBeCloseTo(1, 5);
      }
    });

    test(`${name}: lengths drawn from it have its quantiles, and its mean within 4 %`, () => {
      const { inputTokens, outputTokens, ratePerSecond } = workload;
      const drawn = { inputTokens, outputTokens, ratePerSecond, requests: 50_000 };
      const all = arrivals(drawn, noTrace);
      const { meanInputTokens, meanOutputTokens } = workload;
      expect(Math.abs(meanOf(all.map((a) => a.inputTokens)) / meanInputTokens - 1)).toBeLessThan(
        0.04,
      );
      expect(Math.abs(meanOf(all.map((a) => a.outputTokens)) / meanOutputTokens - 1)).toBeLessThan(
        0.045,
      );
      for (const [p, tokens] of inputTokens.quantiles) {
        const share = all.filter((arrival) => arrival.inputTokens <= tokens).length / all.length;
        expect(share).toBeGreaterThanOrEqual(p - 4 * Math.sqrt((p * (1 - p)) / all.length) - 1e-3);
      }
    });

    test(`${name}: says where it is from and under which licence`, () => {
      expect(workload.origin.kind).toBe('measured');
      expect(workload.origin.source.length).toBeGreaterThan(20);
      expect(['CC-BY-4.0', 'Apache-2.0']).toContain(workload.origin.license);
    });
  }
});
