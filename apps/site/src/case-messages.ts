/** The words of the runner of cases. */
import type { Obstacle } from './lab/protocol.ts';

const obstaclesEn: Partial<Record<Obstacle, string>> = {
  'no-webgpu': 'This browser has no WebGPU. The reference runs without it.',
  'no-adapter': 'The browser offers no WebGPU adapter. The reference runs without one.',
  'no-device': 'The adapter gave no device; it may be busy. The reference runs without one.',
};

const obstaclesJa: typeof obstaclesEn = {
  'no-webgpu': 'このブラウザーには WebGPU がありません。参照実装はなくても動きます。',
  'no-adapter': 'ブラウザーが WebGPU アダプターを提供しません。参照実装はなくても動きます。',
  'no-device':
    'アダプターからデバイスを得られません。使用中かもしれません。参照実装はなくても動きます。',
};

const en = {
  which: 'Case',
  run: 'Run',
  runAll: (count: number) => `Run all ${count}`,
  runGpu: 'Compare on WebGPU',
  running: (done: number, total: number) => `Running… ${done} of ${total}`,
  right: (count: number, device: string) =>
    `${count === 1 ? '1 case' : `${count} cases`} run on ${device}: every law holds.`,
  wrong: (count: number) => `${count} problems:`,
  failed: (reason: string) =>
    `This could not run here: ${reason} The list of cases and the command still work.`,
  inputs: 'Inputs',
  outputs: 'Outputs',
  result: 'Result of the case',
  columns: ['Output', 'Type', 'Reference', 'WebGPU', 'Greatest difference'],
  obstacles: obstaclesEn,
};

const ja: typeof en = {
  which: 'ケース',
  run: '実行',
  runAll: (count) => `${count} 個すべて実行`,
  runGpu: 'WebGPU で比べる',
  running: (done, total) => `実行中… ${done} / ${total}`,
  right: (count, device) => `${count} 個のケースを ${device} で実行：すべての法則が成り立ちます。`,
  wrong: (count) => `問題が ${count} 件：`,
  failed: (reason) => `ここでは実行できませんでした：${reason} ケースの一覧とコマンドは使えます。`,
  inputs: '入力',
  outputs: '出力',
  result: 'ケースの結果',
  columns: ['出力', '型', '参照実装', 'WebGPU', '最大の差'],
  obstacles: obstaclesJa,
};

export const caseMessages = (language: string) => (language === 'ja' ? ja : en);
