/** The words of the page of predictions against measurements, in both languages. */

const en = {
  title: 'How far off the predictions are',
  description: 'Every prediction that can be compared with a measurement, and its error.',
  lead: (met: number, asked: number) =>
    'Every prediction of this project that can be held against a measurement is here, with what ' +
    `was asked of it. **${met} of ${asked}** groups of measurements that no parameter was fitted ` +
    'to are within what was asked. Errors are shares of the measured value: the median of their ' +
    'size, the 90th percentile, and the bias, which has a sign.',
  missedTitle: 'Where the target is missed',
  noneMissed: 'Nowhere.',
  heldOut: 'Against measurements that nothing was fitted to',
  heldOutLead:
    '“Held out” are other points of a table that was fitted on; ' +
    '“foreign” is a whole source that was not.',
  transfers: 'With one model or one GPU left out',
  transfersLead:
    'Fitted again without it, then compared on it: ' +
    'what to expect of a model or a GPU that nobody measured.',
  facts: 'Facts of shape',
  fitted: 'On the points it was fitted to',
  fittedLead: 'For comparison only; an error in sample is no promise.',
  sources: 'Sources of the measurements',
  again:
    '`beamline validate` prints the same tables; `beamline validate --data FOLDER` makes them ' +
    'anew from the measurements.',
  columns: [
    'quantity',
    'where',
    'points',
    'count',
    'median',
    'p90',
    'bias',
    'asked',
    'verdict',
    'explorer',
  ],
  factColumns: ['fact', 'found', 'verdict', 'source'],
  all: 'all',
  open: 'open',
};

const ja: typeof en = {
  title: '予測はどれだけ外れるか',
  description: '測定と比べられる予測のすべてと、その誤差。',
  lead: (met, asked) =>
    `測定と比べられる予測を、求めた精度とともにすべて載せています。パラメータの当てはめに使っていない測定の` +
    `${asked} 群のうち **${met} 群**が、求めた精度に収まっています。誤差は測定値に対する割合で、大きさの中央値、` +
    '90 パーセンタイル、符号つきの偏りを示します。',
  missedTitle: '目標に届かないところ',
  noneMissed: 'ありません。',
  heldOut: '当てはめに使っていない測定との比較',
  heldOutLead: '「別の点」は当てはめに使った表の残りの点、「別の出典」は一切使っていない出典です。',
  transfers: 'モデルまたは GPU を一つ除いた場合',
  transfersLead:
    '除いて当てはめ直し、除いたものと比べました。誰も測っていないモデルや GPU で見込まれる誤差です。',
  facts: '形についての事実',
  fitted: '当てはめに使った点での誤差',
  fittedLead: '比較のためだけに載せます。手元の点での誤差は、何も保証しません。',
  sources: '測定の出典',
  again:
    '`beamline validate` が同じ表を印字します。`beamline validate --data FOLDER` は測定から作り直します。',
  columns: ['量', '条件', '点', '数', '中央値', 'p90', '偏り', '目標', '判定', 'エクスプローラー'],
  factColumns: ['事実', '結果', '判定', '出典'],
  all: 'すべて',
  open: '開く',
};

export const validationWords = { en, ja };
