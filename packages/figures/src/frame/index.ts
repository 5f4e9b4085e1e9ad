/** What a figure's view needs of the frame; nothing here touches a document. */
export * from './axes.ts';
export * from './frame.ts';
export * from './html.ts';
export * from './language.ts';
export * from './marks.ts';
export * from './messages.ts';
export * from './picture.ts';
export * from './scale.ts';
export * from './table.ts';
export * from './text.ts';
