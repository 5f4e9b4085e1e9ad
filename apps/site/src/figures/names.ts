/** Names of figures: the folder `beam_tree`, the element `bl-beam-tree`, the address `beam-tree`. */

export const addressName = (folder: string) => folder.replaceAll('_', '-');
export const tagOf = (folder: string) => `bl-${addressName(folder)}`;
export const folderOf = (address: string) => address.replaceAll('-', '_');
