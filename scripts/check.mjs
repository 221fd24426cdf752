// Every check that is not a test, in the order of their speed; all of them run,
// then the failed ones are named.
import { spawnSync } from 'node:child_process';
import { checkCoverage } from './check-coverage.mjs';
import { checkPackage } from './check-package.mjs';

const run = (command, args) =>
  spawnSync(command, args, { stdio: 'inherit', shell: false }).status === 0;
const bin = (name, ...args) => run(process.execPath, [`node_modules/${name}`, ...args]);
const tool = (name, ...args) => run(`node_modules/.bin/${name}`, args);

/** @type {[string, () => boolean][]} */
const checks = [
  ['formatting', () => tool('oxfmt', '--check')],
  ['types', () => tool('tsc', '--noEmit')],
  ['lint and layers', () => tool('oxlint', '--type-aware')],
  ['unused code', () => tool('knip', '--no-progress')],
  ['generated files', () => bin('../scripts/generate.mjs', '--check')],
  ['coverage', checkCoverage],
  ['package contents', checkPackage],
];

const failed = [];
for (const [name, check] of checks) {
  console.log(`\n== ${name}`);
  if (!check()) failed.push(name);
}
console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
