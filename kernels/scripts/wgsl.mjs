// Writes each `NAME.wgsl` also as `NAME.wgsl.ts`, a module with the text in it, so that Node, the
// bundles and a page all load it by the same import. `--check` only tells whether all are up to
// date. A test runs the check.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `.wgsl` files of the operators and of `lib`. */
export function wgslFiles() {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['build', 'node_modules'].includes(entry.name))
    .map(({ name }) => join(root, name === 'lib' ? 'lib/wgsl' : name))
    .filter((folder) => existsSync(folder));
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.wgsl'))
      .map((name) => join(folder, name)),
  );
}

/** `draft_topk.wgsl` gives the constant `draftTopkWgsl`. */
export function moduleOf(path, text) {
  const name = basename(path, '.wgsl').replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const head = `/** The text of ${basename(path)}; scripts/wgsl.mjs writes this file. */`;
  const escaped = text.replace(/[`\\]|\$\{/g, '\\$&');
  return `${head}\nexport const ${name}Wgsl = \`\\\n${escaped}\`;\n`;
}

/** Files that are not what their text makes of them. */
export function staleFiles() {
  return wgslFiles().filter((path) => {
    const made = moduleOf(path, readFileSync(path, 'utf8'));
    return !existsSync(`${path}.ts`) || readFileSync(`${path}.ts`, 'utf8') !== made;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = staleFiles();
  const isCheck = process.argv.includes('--check');
  for (const path of stale) {
    if (!isCheck) writeFileSync(`${path}.ts`, moduleOf(path, readFileSync(path, 'utf8')));
    console.log(`${isCheck ? 'stale' : 'wrote'} ${relative(root, path)}.ts`);
  }
  if (isCheck && stale.length > 0) process.exit(1);
}
