import type { CostPareto } from '@beamline/figures/cost_pareto/model';
import type { PriceRange } from './state.ts';

/** The model under the reader's own prices; cost is proportional to the price. */
export function withPrices(model: CostPareto, own: PriceRange | null): CostPareto {
  if (own === null) return model;
  const typical = Math.sqrt(own.low * own.high);
  const origin = { kind: 'assumed', source: 'given on this page' } as const;
  const priceOf = (group: string) => model.prices.find((price) => price.group === group)!;
  const points = model.points.map((point) => {
    const listed = priceOf(point.group);
    const at = (price: number) =>
      point.cost.typical === null ? null : (point.cost.typical * price) / listed.typical;
    const cost = { low: at(own.low), typical: at(typical), high: at(own.high) };
    return { ...point, cost, values: { ...point.values, cost: cost.typical } };
  });
  const prices = model.prices.map(({ group }) => ({ group, ...own, typical, origin }));
  return { ...model, points, prices };
}
