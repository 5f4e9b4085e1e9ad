#!/usr/bin/env node
// The command itself; everything is in dist, which a build makes.
import { existsSync } from 'node:fs';

const built = new URL('../dist/index.js', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`beamline: needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 3;
} else if (!existsSync(built)) {
  process.stderr.write('beamline: is not built yet. Run `npm start` or `npm run build` first.\n');
  process.exitCode = 3;
} else {
  const { runProcess } = await import(built.href);
  await runProcess();
}
