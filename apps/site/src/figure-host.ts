/**
 * Brings the figures of a page to life. Each keeps its static picture until it is near the screen;
 * then its element is loaded and takes the model that the build computed. The worker starts at the
 * first input that needs a new model. Words in the text (`bl-ref`) and marks light each other up.
 */
import type {
  FigureElement,
  HighlightDetail,
  InputDetail,
} from '@beamline/figures/frame/figure-element';
import { modelOfJson } from './figures/model-json.ts';
import { tagOf } from './figures/names.ts';
import { hostMessages } from './host-messages.ts';
import { connectReferences, lightReferences } from './references.ts';
import { Computer } from './workers/computer.ts';

type Figure = FigureElement<unknown, unknown>;

const loaders = import.meta.glob('../../../packages/figures/src/*/element.ts');

const computer = new Computer(() => {
  if (typeof Worker === 'undefined') throw new Error(hostMessages().noWorker);
  return new Worker(new URL('./workers/compute.worker.ts', import.meta.url), { type: 'module' });
});

function dataOf(host: Element, kind: string): unknown {
  const text = host.querySelector(`script[data-${kind}]`)?.textContent;
  return text == null ? null : modelOfJson(text);
}

/** Loads the element; the model is there before it, so that its first picture is the static one. */
async function bringToLife(host: Figure): Promise<void> {
  const folder = host.dataset['figure']!;
  const model = dataOf(host, 'model');
  const load = loaders[`../../../packages/figures/src/${folder}/element.ts`];
  if (load === undefined || customElements.get(tagOf(folder)) === undefined) await load?.();
  customElements.upgrade(host);
  Object.assign(host, dataOf(host, 'properties'), { model });
}

function onInput(event: Event): void {
  const host = event.target as Figure;
  const { figure, input } = (event as CustomEvent<InputDetail>).detail;
  const folder = host.dataset['figure'] ?? figure.replaceAll('-', '_');
  host.error = '';
  host.progress = null;
  host.isComputing = true;
  computer.compute(host, folder, input, {
    onProgress: (done, total) => {
      host.progress = done / total;
    },
    onModel: (model) => {
      host.isComputing = false;
      host.model = model;
    },
    onError: (message) => {
      host.isComputing = false;
      host.error = hostMessages().cannotCompute(message);
    },
  });
}

function start(): void {
  const hosts = [...document.querySelectorAll<Figure>('.bl-host[data-figure]')];
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        bringToLife(target as Figure).catch((error: Error) => {
          (target as HTMLElement).dataset['problem'] = error.message;
        });
      }
    },
    { rootMargin: '300px' },
  );
  for (const host of hosts) seen.observe(host);
  connectReferences(document);
  document.addEventListener('bl-input', onInput);
  document.addEventListener('bl-highlight', (event) => {
    const { key } = (event as CustomEvent<HighlightDetail>).detail;
    lightReferences(event.target as HTMLElement, key);
  });
}

start();
