/** Kernels under a GPU's roof in its states. */
import { expect, userEvent, waitFor } from 'storybook/test';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type KernelRooflineInput, kernelRoofline, type RooflineRecord } from './model.ts';

export default { title: 'Figures/Kernel roofline', component: 'bl-kernel-roofline' };

const tag = 'bl-kernel-roofline';
const model = () => kernelRoofline();

/** A record for the story: what the bench would write, on a device that is named an example. */
function record(operator: string, bytes: number, flop: number, ns: number): RooflineRecord {
  return {
    operator,
    case: `${operator}/requests=8`,
    variant: 'auto',
    deviceTitle: 'example of an NVIDIA H200',
    status: 'passed',
    work: { bytes, flop, exps: 0, launches: 1 },
    timing: { medianNs: ns, noise: 0.01, caches: 'cold', launch: 'graph' },
    isFunctional: false,
  };
}

const records = [
  record('tree_attention', 136e6, 17e9, 48_000),
  record('verify_greedy', 35e6, 17e6, 14_000),
  record('compact_kv', 8e6, 0, 9000),
  {
    ...record('kv_append', 1.1e6, 4e5, 5e6),
    isFunctional: true,
    deviceTitle: 'example of a CPU',
  },
];

export const Default = story({ tag, model });
/** Records that failed are not drawn. */
export const Empty = story({
  tag,
  model: () => kernelRoofline({ records: [{ ...records[0]!, status: 'nan' }] }),
});
export const Loading = story({ tag, model: null });
export const Failed = story({
  tag,
  model,
  properties: { error: 'records.jsonl:3: is not JSON; one record a line is expected.' },
});
export const Extreme = story({
  tag,
  model: () =>
    kernelRoofline({
      gpu: 'l4',
      sizes: { requests: 512, beams: 16, draftLength: 12, kvLength: 131072 },
    }),
});
export const Measured = story({ tag, model: () => kernelRoofline({ records }) });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Interaction = story({
  tag,
  model,
  play: async (element, root) => {
    const asked: KernelRooflineInput[] = [];
    element.addEventListener('bl-input', (event) => {
      const { input } = (event as CustomEvent<{ input: KernelRooflineInput }>).detail;
      asked.push(input);
      element.model = kernelRoofline(input);
    });
    const [gpu, operator] = root.querySelectorAll('select');
    await userEvent.selectOptions(gpu!, 'l4');
    await element.updateComplete;
    await expect(asked.at(-1)!.gpu).toBe('l4');
    await expect(root.querySelector('.title')!.textContent).toContain('NVIDIA L4');
    await userEvent.selectOptions(operator!, 'operator:verify_exact');
    await element.updateComplete;
    await expect(root.querySelector('.price')!.textContent).toContain('verify_exact');
    const [mark] = root.querySelectorAll<SVGElement>('[data-group="panel:time"][tabindex="0"]');
    mark!.focus();
    await userEvent.keyboard('{ArrowRight}{Enter}');
    await element.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).toContain('binds');
    await userEvent.keyboard('{Escape}');
    await expect(root.activeElement).toBe(null);

    const line = JSON.stringify({ version: 1, ...records[0] });
    const file = new File([`${line}\n`], 'records.jsonl');
    await userEvent.upload(root.querySelector<HTMLInputElement>('input[type=file]')!, file);
    await waitFor(() => expect(asked.at(-1)!.records).toHaveLength(1));
  },
});
