/**
 * What stands at the left of every page. The story lists its folder (pages order themselves by
 * `sidebar.order`); operators are listed by their own page, so that the rest stays in sight.
 */
export const sidebar = [
  {
    label: 'Story',
    translations: { ja: '読みもの' },
    items: [{ autogenerate: { directory: 'story' } }],
  },
  {
    label: 'Explore',
    translations: { ja: '調べる' },
    items: [
      {
        label: 'Load explorer',
        translations: { ja: '負荷エクスプローラー' },
        link: '/explorer/',
      },
      { label: 'GPU lab', translations: { ja: 'GPU ラボ' }, link: '/lab/' },
      {
        slug: 'reference/validation',
        label: 'Prediction errors',
        translations: { ja: '予測の誤差' },
      },
      { slug: 'reference/calibration' },
    ],
  },
  {
    label: 'Reference',
    translations: { ja: 'リファレンス' },
    items: [
      { slug: 'reference', label: 'Overview', translations: { ja: '概要' } },
      { slug: 'reference/operators' },
      { slug: 'reference/commands' },
      { slug: 'reference/scenario' },
      { slug: 'reference/laws' },
      { slug: 'reference/glossary' },
      { slug: 'reference/decisions' },
    ],
  },
  {
    label: 'Extend',
    translations: { ja: '加える' },
    items: [{ slug: 'extend/operator' }, { slug: 'extend/policy' }, { slug: 'extend/figure' }],
  },
];
