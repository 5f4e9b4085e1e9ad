/**
 * `<bl-case-runner operator="pack_beams">`: runs an operator's listed cases in the page, through
 * its reference, and on WebGPU where the browser has it and the operator a kernel for it. All of it
 * happens in a worker; without one, the list of cases stays as it was.
 */
import { caseMessages } from './case-messages.ts';
import type {
  CaseReply,
  CaseRequest,
  ComparedTensor,
  ShownTensor,
} from './workers/case-protocol.ts';

type Handler = (reply: CaseReply) => void;

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = '',
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties);
  if (text !== '') made.textContent = text;
  return made;
}

/** One row a tensor; outputs that were compared have WebGPU's values and the distance too. */
function tensorTable(
  title: string,
  tensors: readonly (ShownTensor | ComparedTensor)[],
  columns: readonly string[],
): HTMLTableElement {
  const table = element('table');
  table.append(element('caption', title));
  const isCompared = tensors.some((tensor) => 'gpu' in tensor);
  if (isCompared) {
    const head = table.createTHead().insertRow();
    head.append(...columns.map((name) => element('th', name, { scope: 'col' })));
  }
  const body = table.createTBody();
  for (const tensor of tensors) {
    const { name, dtype, shape, text } = tensor;
    const row = body.insertRow();
    row.append(element('th', name, { scope: 'row' }));
    row.append(element('td', `${dtype} [${shape.join(', ')}]`), element('td', text));
    if (!('gpu' in tensor)) continue;
    const difference = tensor.difference === 0 ? '0' : tensor.difference.toPrecision(2);
    row.append(element('td', tensor.gpu), element('td', difference));
  }
  return table;
}

class CaseRunner extends HTMLElement {
  readonly #words = caseMessages(document.documentElement.lang);
  #worker: Worker | null = null;
  #select!: HTMLSelectElement;
  #status!: HTMLElement;
  #result!: HTMLElement;
  #buttons: HTMLButtonElement[] = [];

  connectedCallback(): void {
    if (this.#select !== undefined) return;
    const ids = [...this.querySelectorAll('li code')].map((code) => code.textContent ?? '');
    const words = this.#words;
    this.#select = element('select');
    this.#select.append(...ids.map((id) => element('option', id, { value: id })));
    const label = element('label', words.which);
    label.append(this.#select);
    const run = element('button', words.run, { type: 'button', className: 'primary' });
    run.addEventListener('click', () => this.#run([this.#select.value], 'reference'));
    const all = element('button', words.runAll(ids.length), { type: 'button' });
    all.addEventListener('click', () => this.#run(ids, 'reference'));
    this.#buttons = [run, all];
    if (this.hasAttribute('webgpu')) {
      const gpu = element('button', words.runGpu, { type: 'button' });
      gpu.addEventListener('click', () => this.#run([this.#select.value], 'webgpu'));
      this.#buttons.push(gpu);
    }
    const bar = element('div', '', { className: 'bar' });
    bar.append(label, ...this.#buttons);
    this.#status = element('p', '', { className: 'status' });
    this.#status.setAttribute('role', 'status');
    this.#result = element('div', '', { className: 'wide' });
    this.append(bar, this.#status, this.#result);
    this.querySelector('details')?.remove();
  }

  #busy(isBusy: boolean): void {
    for (const button of this.#buttons) button.disabled = isBusy;
    this.toggleAttribute('aria-busy', isBusy);
  }

  #ask(request: CaseRequest, hear: Handler): void {
    this.#worker ??= new Worker(new URL('./workers/cases.worker.ts', import.meta.url), {
      type: 'module',
    });
    const worker = this.#worker;
    worker.onmessage = ({ data }: MessageEvent<CaseReply>) => hear(data);
    worker.onerror = (event) => hear({ kind: 'failed', message: event.message });
    worker.postMessage(request);
  }

  #run(ids: string[], device: 'reference' | 'webgpu'): void {
    const words = this.#words;
    const operator = this.getAttribute('operator') ?? '';
    this.#busy(true);
    this.#status.textContent = words.running(0, ids.length);
    this.#result.replaceChildren();
    try {
      this.#ask({ operator, ids, device }, (reply) => this.#hear(reply, ids));
    } catch (error) {
      this.#hear({ kind: 'failed', message: (error as Error).message }, ids);
    }
  }

  #hear(reply: CaseReply, ids: readonly string[]): void {
    const words = this.#words;
    if (reply.kind === 'progress') {
      this.#status.textContent = words.running(reply.done, ids.length);
      return;
    }
    this.#busy(false);
    if (reply.kind === 'failed') {
      this.#worker?.terminate();
      this.#worker = null;
      const known = reply.obstacle === undefined ? undefined : words.obstacles[reply.obstacle];
      this.#status.textContent = known ?? words.failed(reply.message);
      return;
    }
    const { problems, shown, device } = reply;
    this.#status.textContent =
      problems.length === 0 ? words.right(ids.length, device) : words.wrong(problems.length);
    this.#result.replaceChildren();
    for (const problem of problems.slice(0, 20)) this.#result.append(element('p', problem));
    if (shown === null) return;
    this.#result.append(
      tensorTable(words.inputs, shown.inputs, []),
      tensorTable(words.outputs, shown.outputs, words.columns),
    );
    this.#markWide();
  }

  #markWide(): void {
    const isWide = this.#result.scrollWidth > this.#result.clientWidth + 1;
    if (!isWide) return;
    this.#result.tabIndex = 0;
    this.#result.setAttribute('role', 'region');
    this.#result.setAttribute('aria-label', this.#words.result);
  }
}

customElements.define('bl-case-runner', CaseRunner);
