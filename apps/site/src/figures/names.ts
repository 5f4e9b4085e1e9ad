/** Names of a figure: folder `beam_tree`, element `bl-beam-tree`, address `beam-tree`. */

export const addressName = (folder: string) => folder.replaceAll('_', '-');
export const tagOf = (folder: string) => `bl-${addressName(folder)}`;
export const folderOf = (address: string) => address.replaceAll('-', '_');
