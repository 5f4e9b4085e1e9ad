/**
 * `<bl-kernel-roofline>`: operators under a GPU's roof. The reader chooses GPU and sizes, and
 * brings records of the kernel bench, by a file or by dropping it on the figure.
 */
import { Asking } from '../acceptance_depth/asking.ts';
import { controlStyles } from '../acceptance_depth/control-style.ts';
import { define, FigureElement, html } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/index.ts';
import { messages } from './messages.ts';
import type { KernelRoofline, KernelRooflineInput, RooflineSizes } from './model.ts';
import { parseRooflineRecords } from './records.ts';
import { type KernelRooflineState, kernelRooflinePicture } from './view.ts';

/** Sizes on the slider, powers of two. */
const KV_LENGTHS = [0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];
const REQUESTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
/** Larger files than this are not read. */
const MAX_BYTES = 64 * 1024 * 1024;

export class KernelRooflineElement extends FigureElement<KernelRoofline, KernelRooflineState> {
  static override figureName = 'kernel-roofline';
  static override styles = controlStyles;

  #asking = new Asking<KernelRooflineInput>((input) => {
    this.requestModel(input);
    this.requestUpdate();
  });

  constructor() {
    super();
    this.addEventListener('dragover', (event) => event.preventDefault());
    this.addEventListener('drop', (event) => {
      event.preventDefault();
      this.#read(event.dataTransfer?.files[0]);
    });
  }

  override initialState({ points }: KernelRoofline): KernelRooflineState {
    const most = points.reduce((a, b) => (b.floorNs > a.floorNs ? b : a), points[0]!);
    return { selected: most?.key ?? null };
  }

  override nextState(model: KernelRoofline, state: KernelRooflineState): KernelRooflineState {
    this.#asking.arrived(model.input);
    const isThere = model.points.some(({ key }) => key === state.selected);
    return isThere ? state : this.initialState(model);
  }

  override picture(
    model: KernelRoofline,
    state: KernelRooflineState,
    options: ViewOptions,
  ): Picture {
    return kernelRooflinePicture(model, state, options);
  }

  override onMark(key: string): void {
    this.state = { selected: key.replace(/^(row|time|move):/, '') };
  }

  override controls(model: KernelRoofline, state: KernelRooflineState) {
    const { controls } = messages[this.currentLanguage];
    const input = this.#asking.of(model.input);
    const sizes: RooflineSizes = { ...model.sizes, ...input.sizes };
    const resize = (part: Partial<RooflineSizes>) =>
      this.#asking.ask({ ...input, sizes: { ...input.sizes, ...part } });
    const ofSuite = input.records === undefined || input.records.length === 0;
    return html`<div class="controls" role="group" aria-label=${controls.title}>
      <label>${controls.gpu}
        <select @change=${(event: Event) => this.#asking.ask({ ...input, gpu: textOf(event) })}
          >${model.gpus.map(
            ({ id, name }) =>
              html`<option value=${id} ?selected=${id === input.gpu}>${name}</option>`,
          )}</select></label>
      <label>${controls.operator}
        <select @change=${(event: Event) => {
          this.state = { selected: textOf(event) };
        }}>${model.points.map(
          ({ key, operator, case: name }) =>
            html`<option value=${key} ?selected=${key === state.selected}
              >${name ?? operator}</option>`,
        )}</select></label>
      <label style="flex-wrap:wrap">${controls.records}
        <input type="file" accept=".jsonl,.json,.ndjson" aria-describedby="records-hint"
          @change=${(event: Event) => this.#read((event.target as HTMLInputElement).files?.[0])}>
      </label>
      <span id="records-hint" class="readout">${controls.recordsHint}</span>
      <button type="button" ?disabled=${ofSuite} @click=${() =>
        this.#asking.ask({ ...input, records: [] })}>${controls.clear}</button>
    </div>
    ${ofSuite ? this.#sizeControls(sizes, resize) : ''}`;
  }

  #sizeControls(sizes: RooflineSizes, resize: (part: Partial<RooflineSizes>) => void) {
    const { controls } = messages[this.currentLanguage];
    return html`<div class="sliders" role="group" aria-label=${controls.title}>
      ${steps(controls.requests, REQUESTS, sizes.requests, controls.count, (requests) =>
        resize({ requests }),
      )}
      ${steps(controls.beams, range(1, 16), sizes.beams, controls.count, (beams) =>
        resize({ beams }),
      )}
      ${steps(
        controls.draftLength,
        range(1, 12),
        sizes.draftLength,
        controls.tokens,
        (draftLength) => resize({ draftLength }),
      )}
      ${steps(controls.kvLength, KV_LENGTHS, sizes.kvLength, controls.tokens, (kvLength) =>
        resize({ kvLength }),
      )}
    </div>`;
  }

  /** Reads a file of records and asks for them; what is wrong with it stands above the picture. */
  async #read(file: File | undefined): Promise<void> {
    if (file === undefined || this.model === null) return;
    const { controls } = messages[this.currentLanguage];
    try {
      if (file.size > MAX_BYTES) throw new Error(controls.tooLarge(file.name, MAX_BYTES));
      const records = parseRooflineRecords(await file.text(), file.name);
      this.error = '';
      // The roof follows the GPU that the records were timed on.
      const { gpu: _, ...input } = this.#asking.of(this.model.input);
      this.#asking.ask({ ...input, records } as unknown as KernelRooflineInput);
    } catch (problem) {
      this.error = (problem as Error).message;
    }
  }
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

function textOf(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}

/** A slider over listed values. */
function steps(
  label: string,
  values: readonly number[],
  value: number,
  text: (value: number) => string,
  set: (value: number) => void,
) {
  const next = values.findIndex((one) => one >= value);
  const at = next < 0 ? values.length - 1 : next;
  return html`<label><span>${label}</span>
    <input type="range" min="0" max=${values.length - 1} step="1" aria-valuetext=${text(value)}
      .value=${String(at)}
      @input=${(event: Event) => set(values[Number((event.target as HTMLInputElement).value)]!)}>
    <output>${text(value)}</output></label>`;
}

define('bl-kernel-roofline', KernelRooflineElement);
