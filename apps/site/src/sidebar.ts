/**
 * What stands at the left of every page. A group lists its folder of src/content/docs; pages order
 * themselves by `sidebar.order` in their head.
 */
export const sidebar = [
  {
    label: 'Story',
    translations: { ja: '読みもの' },
    items: [{ autogenerate: { directory: 'story' } }],
  },
  {
    label: 'Reference',
    translations: { ja: 'リファレンス' },
    items: [{ autogenerate: { directory: 'reference' } }],
  },
];
