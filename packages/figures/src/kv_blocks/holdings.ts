/** The selected step, a line for each request: what it holds, what it gives back, what it lost. */
import { type Plot, textWidth, wrapText } from '../frame/index.ts';
import { textElement } from '../markup.ts';
import { seriesTone } from '../palette.ts';
import { block, type StackScene, stepBlocks } from './stack.ts';

const HEAD = 24;
const HEAD_LINE = 17;
const LINE = 20;
const TEXT = 15;

interface Line {
  request: number;
  /** Blocks from first to last, as they are drawn. */
  looks: ('solid' | 'hatched' | 'dashed' | 'pale')[];
  texts: string[];
}

function linesOf(scene: StackScene): Line[] {
  const { model, selected, words } = scene;
  const { holdings, paused, waiting } = model.steps[selected]!;
  const lines: { request: number; looks: Line['looks']; text: string }[] = [];
  for (let request = 0; request < model.requests; request++) {
    const holding = holdings.find((one) => one.request === request);
    const lost = paused.find((one) => one.request === request);
    if (holding !== undefined) {
      const { own, shared, tail, rewound } = holding;
      const looks: Line['looks'] = [
        ...Array.from({ length: shared }, () => 'pale' as const),
        ...Array.from({ length: own - tail }, () => 'solid' as const),
        ...Array.from({ length: tail - rewound }, () => 'hatched' as const),
        ...Array.from({ length: rewound }, () => 'dashed' as const),
      ];
      lines.push({ request, looks, text: words.holding({ blocks: own + shared, ...holding }) });
    } else if (lost !== undefined) {
      lines.push({ request, looks: [], text: words.pausedHolding(lost.blocks) });
    } else if (waiting.includes(request)) {
      lines.push({ request, looks: [], text: words.waitingHolding });
    }
  }
  const { left, room } = columnsOf(scene, Math.max(0, ...lines.map(({ looks }) => looks.length)));
  return lines.map(({ request, looks, text }) => {
    const width = left === null ? scene.options.width - 28 : room;
    return { request, looks, texts: wrapText(text, width, 12) };
  });
}

const sizeOf = ({ options }: StackScene) => (options.width < 480 ? 9 : 12);

function nameWidth({ model, words, options }: StackScene): number {
  return options.width < 480 ? 20 : textWidth(words.request(model.requests), 13) + 12;
}

/** Where words stand: beside the blocks, or (null) beneath them on a phone. */
function columnsOf(scene: StackScene, most: number): { left: number | null; room: number } {
  const { options } = scene;
  const left = 8 + nameWidth(scene) + (sizeOf(scene) + 1) * most + 12;
  const room = options.width - left - 8;
  return options.width < 480 ? { left: null, room } : { left, room };
}

function headOf({ model, selected, options, words }: StackScene): string[] {
  const head = words.stepHead(stepBlocks(model.steps[selected]!, selected));
  return wrapText(head, (options.width - 16) / 1.08, 13);
}

function headHeight(scene: StackScene): number {
  return HEAD + HEAD_LINE * (headOf(scene).length - 1);
}

export function holdingsHeight(scene: StackScene): number {
  return headHeight(scene) + linesOf(scene).reduce((sum, line) => sum + heightOf(scene, line), 0);
}

function heightOf({ options }: StackScene, { looks, texts }: Line): number {
  const isBeneath = options.width < 480 && looks.length > 0;
  return isBeneath ? LINE + TEXT * texts.length : Math.max(LINE, TEXT * texts.length + 5);
}

export function holdings(scene: StackScene, area: Plot): string {
  const { options, words } = scene;
  const lines = linesOf(scene);
  const size = sizeOf(scene);
  const from = 8 + nameWidth(scene);
  const { left } = columnsOf(scene, Math.max(0, ...lines.map(({ looks }) => looks.length)));
  let top = area.top + headHeight(scene);
  const drawn = lines.map((line) => {
    const y = top;
    top += heightOf(scene, line);
    const tone = seriesTone(line.request);
    const isNarrow = left === null;
    const name = isNarrow ? String(line.request + 1) : words.request(line.request + 1);
    const isBeneath = isNarrow && line.looks.length > 0;
    const x = isBeneath ? from : isNarrow ? from : left;
    const first = isBeneath ? y + LINE + 11 : y + 13;
    return [
      textElement('text', { x: 8, y: y + 13 }, name),
      ...line.looks.map((look, i) => {
        const shown = look === 'pale' ? 'baseline' : tone;
        const box = { x: from + (size + 1) * i, y: y + 2, size, tone: shown, look };
        return block(box, options);
      }),
      ...line.texts.map((text, i) =>
        textElement('text', { class: 'muted', x, y: first + TEXT * i }, text),
      ),
    ].join('');
  });
  const heads = headOf(scene).map((text, i) => {
    const at = { x: 8, y: area.top + 14 + HEAD_LINE * i, 'font-weight': 600 };
    return textElement('text', at, text);
  });
  return [...heads, ...drawn].join('\n');
}
