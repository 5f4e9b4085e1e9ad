/**
 * What the form offers by name. Made when the site is built and put into the page as data, so that
 * the page need not load the figures behind the names.
 */
export interface Catalogue {
  models: readonly Named[];
  gpus: readonly (Named & { price: { low: number; high: number } })[];
  workloads: readonly Named[];
  tasks: readonly string[];
  /** By method: the names of its own acceptance profiles. */
  profiles: Readonly<Record<string, readonly string[]>>;
}

export interface Named {
  id: string;
  name: string;
}

export const emptyCatalogue: Catalogue = {
  models: [],
  gpus: [],
  workloads: [],
  tasks: [],
  profiles: {},
};
