/** The words that every figure shares: its toolbar, its states, its stepper. */
import type { Language } from './language.ts';

export interface FrameMessages {
  data: string;
  toolbar: string;
  copyLink: string;
  copied: string;
  copyFailed: (address: string) => string;
  saveSvg: string;
  savePng: string;
  saveCsv: string;
  saved: (file: string) => string;
  loading: string;
  failed: (reason: string) => string;
  /** How to move in the picture, for who focuses it. */
  keys: string;
  steps: string;
  first: string;
  back: string;
  play: string;
  pause: string;
  next: string;
  last: string;
  stepOf: (step: number, count: number) => string;
}

export const frameMessages: Record<Language, FrameMessages> = {
  en: {
    data: 'Show data',
    toolbar: 'Figure',
    copyLink: 'Copy link',
    copied: 'Link copied',
    copyFailed: (address) => `The link could not be copied: ${address}`,
    saveSvg: 'SVG',
    savePng: 'PNG',
    saveCsv: 'CSV',
    saved: (file) => `Saved ${file}`,
    loading: 'Computing…',
    failed: (reason) => `The figure could not be computed: ${reason}`,
    keys: 'Arrow keys move between marks, Escape leaves the picture.',
    steps: 'Steps',
    first: 'First step',
    back: 'Step back',
    play: 'Play',
    pause: 'Pause',
    next: 'Next step',
    last: 'Last step',
    stepOf: (step, count) => `Step ${step} of ${count}`,
  },
  ja: {
    data: 'データを表示',
    toolbar: '図の操作',
    copyLink: 'リンクをコピー',
    copied: 'リンクをコピーしました',
    copyFailed: (address) => `リンクをコピーできませんでした：${address}`,
    saveSvg: 'SVG',
    savePng: 'PNG',
    saveCsv: 'CSV',
    saved: (file) => `${file} を保存しました`,
    loading: '計算中…',
    failed: (reason) => `図を計算できませんでした：${reason}`,
    keys: '矢印キーで点を移動し、Esc キーで図から離れます。',
    steps: '手順',
    first: '最初の手順',
    back: '前の手順',
    play: '再生',
    pause: '一時停止',
    next: '次の手順',
    last: '最後の手順',
    stepOf: (step, count) => `手順 ${step} / ${count}`,
  },
};
