/** The step on the clock in its states. */
import './element.ts';
import type { StepClockElement } from './element.ts';
import { type StepClockInput, stepClock } from './model.ts';

export default { title: 'Figures/Step clock', component: 'bl-step-clock' };

interface Story {
  render: () => HTMLElement;
  play?: (context: { canvasElement: HTMLElement }) => Promise<void>;
}

/** The element as a page binds it: what it asks for is computed at once. */
function figure(input: Partial<StepClockInput> | null, attributes: Record<string, string> = {}) {
  const element = document.createElement('bl-step-clock');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (input !== null) element.model = stepClock(input);
  element.addEventListener('bl-input', (event) => {
    element.model = stepClock((event as CustomEvent<{ input: StepClockInput }>).detail.input);
  });
  return element;
}

function narrow(child: HTMLElement): HTMLElement {
  const box = document.createElement('div');
  box.style.width = '320px';
  box.append(child);
  return box;
}

export const Default: Story = { render: () => figure({}) };

/** Without any drafting worth the name: one beam of one token. */
export const Empty: Story = { render: () => figure({ beams: 1, draftLength: 1 }) };

export const Loading: Story = { render: () => figure(null) };

export const Failed: Story = {
  render: () => figure({}, { error: 'No number of l4 up to 32 holds this model.' }),
};

export const Extreme: Story = {
  render: () => figure({ batch: 256, beams: 16, draftLength: 8, contextTokens: 128 }),
};

export const ManyGpus: Story = {
  render: () => figure({ model: 'llama-3.1-70b', batch: 16, contextTokens: 8000 }),
};

export const Japanese: Story = { render: () => figure({}, { lang: 'ja' }) };

export const Dark: Story = { render: () => figure({}, { theme: 'dark' }) };

export const Phone: Story = { render: () => narrow(figure({})) };

const settled = async (element: StepClockElement) => {
  await element.updateComplete;
  await element.updateComplete;
};

/** A larger batch by its slider, then along the parts of the step by arrow keys. */
export const Interaction: Story = {
  render: () => figure({}),
  play: async ({ canvasElement }) => {
    const element = canvasElement.querySelector('bl-step-clock')!;
    await settled(element);
    const root = element.shadowRoot!;
    const slider = root.querySelector<HTMLInputElement>('input[type=range]')!;
    const before = element.model!.drafted.rows;
    slider.value = slider.max;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await settled(element);
    if (element.model!.drafted.rows <= before) throw new Error('The batch did not grow.');
    element.focusMark('part:drafted:products');
    const press = { key: 'ArrowRight', bubbles: true, composed: true };
    root.activeElement!.dispatchEvent(new KeyboardEvent('keydown', press));
    await settled(element);
    const focused = root.activeElement?.getAttribute('data-key');
    if (focused !== 'part:drafted:attention') throw new Error(`Focus is at ${focused}.`);
    const words = root.querySelector('[role=status]')!.textContent ?? '';
    if (!words.includes('attention')) throw new Error(`The readout says: ${words}`);
  },
};
