import {
  drafterProfiles,
  drafterTasks,
  hardwareCatalogue,
  modelCatalogue,
  workloadCatalogue,
} from '@beamline/fixtures';
import type { Catalogue } from './catalogue.ts';

/** The catalogue from the fixtures; runs when the site is built. */
export function buildCatalogue(): Catalogue {
  return {
    models: Object.values(modelCatalogue).map(({ id, name }) => ({ id, name })),
    gpus: Object.values(hardwareCatalogue).map(({ id, name, price }) => ({
      id,
      name,
      price: { low: price.low.value, high: price.high.value },
    })),
    workloads: Object.values(workloadCatalogue).map(({ name, label }) => ({
      id: name,
      name: label,
    })),
    tasks: drafterTasks,
    profiles: Object.fromEntries(
      drafterProfiles.map(({ method, profiles }) => [method, profiles.map(({ name }) => name)]),
    ),
  };
}
