/**
 * A figure as it stands in a page: its first picture as static HTML inside the figure's element,
 * with its input and its model as data. Without script the picture stays; with it the element takes
 * over (src/figure-host.ts).
 */
import type { Language } from '@beamline/figures/frame';
import { LOAD_PRESET, type LoadInput, loadPresets } from './load-model.ts';
import { modelJson } from './model-json.ts';
import { addressName, tagOf } from './names.ts';
import { prerender } from './prerender.ts';

const data = (kind: string, value: unknown) =>
  `<script type="application/json" data-${kind}>${modelJson(value)}</script>`;

/** What else the page tells the element: for the load curve, the settings that it can compute. */
function propertiesOf(figure: string, input: unknown, language: Language): string {
  if (figure !== 'load_speedup') return '';
  const { preset = LOAD_PRESET } = input as LoadInput;
  const presets = Object.entries(loadPresets).map(([name, one]) => ({
    name,
    label: one[language],
  }));
  return data('properties', { preset, presets });
}

/** A figure that cannot be drawn says why in `data-problem`; the end of the build fails on it. */
export async function hostHtml(
  figure: string,
  input: unknown,
  language: Language,
  id: string = addressName(figure),
): Promise<string> {
  const tag = tagOf(figure);
  try {
    const { html, model } = await prerender(figure, input, language, id);
    return (
      `<${tag} id="${id}" class="bl-host not-content" data-figure="${figure}">` +
      `${html}${data('input', input)}${data('model', model)}` +
      `${propertiesOf(figure, input, language)}</${tag}>`
    );
  } catch (error) {
    const reason = (error as Error).message.replace(/["<&]/g, ' ');
    return `<${tag} id="${id}" class="bl-host" data-problem="${reason}"></${tag}>`;
  }
}
