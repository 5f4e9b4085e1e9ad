/** The doors of the home page, in both languages. */

export interface Door {
  title: string;
  question: string;
  links: { to: string; label: string }[];
}

export const doors: Record<'en' | 'ja', Door[]> = {
  en: [
    {
      title: 'You plan capacity',
      question:
        'At your traffic and on your hardware: does drafting pay, and how many GPUs do you need?',
      links: [
        { to: 'explorer/', label: 'Open the load explorer' },
        { to: 'reference/validation/', label: 'How far off the predictions are' },
        { to: 'reference/calibration/', label: 'Fit it to your measurements' },
      ],
    },
    {
      title: 'You build kernels',
      question:
        'Is the kernel right on every shape, with and without a GPU, and how far from its limit?',
      links: [
        { to: 'reference/operators/', label: 'The operators, with cases to run' },
        { to: 'lab/', label: 'Verify and time them on your GPU' },
        { to: 'reference/commands/#beamline-kernels', label: 'The test bench' },
        { to: 'extend/operator/', label: 'Add an operator' },
      ],
    },
    {
      title: 'You want to understand it',
      question: 'How does recurrent drafting work, and why does its gain fade as load grows?',
      links: [
        { to: 'story/', label: 'Read the story' },
        { to: 'story/when-not/', label: 'When not to use it' },
        { to: 'reference/glossary/', label: 'Look up a word' },
      ],
    },
  ],
  ja: [
    {
      title: '容量を計画する',
      question: '自分の負荷とハードウェアで、先読みは得になるか。GPU は何台必要か。',
      links: [
        { to: 'explorer/', label: '負荷エクスプローラーを開く' },
        { to: 'reference/validation/', label: '予測はどれだけ外れるか' },
        { to: 'reference/calibration/', label: '自分の測定に合わせる' },
      ],
    },
    {
      title: 'カーネルを作る',
      question:
        'そのカーネルはどの形でも正しいか。GPU があってもなくても確かめられるか。限界まであとどれだけか。',
      links: [
        { to: 'reference/operators/', label: '演算子とその場で動くケース' },
        { to: 'lab/', label: 'この端末の GPU で検証・計時する' },
        { to: 'reference/commands/#beamline-kernels', label: 'テストベンチ' },
        { to: 'extend/operator/', label: '演算子を加える' },
      ],
    },
    {
      title: 'しくみを知る',
      question: 'リカレント・ドラフティングはどう動くのか。なぜ負荷が上がると効果が薄れるのか。',
      links: [
        { to: 'story/', label: '読みものを読む' },
        { to: 'story/when-not/', label: '使うべきでない場合' },
        { to: 'reference/glossary/', label: '用語を調べる' },
      ],
    },
  ],
};
