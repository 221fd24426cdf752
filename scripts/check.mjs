// Every check that is not a test, in the order of their speed; all of them run,
// then the failed ones are named.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { checkPackage } from './check-package.mjs';

const run = (command, args) =>
  spawnSync(command, args, { stdio: 'inherit', shell: false }).status === 0;
const bin = (name, ...args) => run(process.execPath, [`node_modules/${name}`, ...args]);
const tool = (name, ...args) => run(`node_modules/.bin/${name}`, args);

/** Lines and branches, in percent, of all files below a folder. */
function coverageOf(summary, folder, otherwise) {
  let lines = 0;
  let linesCovered = 0;
  let branches = 0;
  let branchesCovered = 0;
  for (const [file, figures] of Object.entries(summary)) {
    if (file === 'total' || file.includes(folder) === otherwise) continue;
    lines += figures.lines.total;
    linesCovered += figures.lines.covered;
    branches += figures.branches.total;
    branchesCovered += figures.branches.covered;
  }
  const percent = (covered, total) => (total === 0 ? 100 : (100 * covered) / total);
  return { lines: percent(linesCovered, lines), branches: percent(branchesCovered, branches) };
}

function checkCoverage() {
  const file = 'coverage/coverage-summary.json';
  if (!existsSync(file)) {
    console.log('no coverage report: run `npm test` first');
    return false;
  }
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  const core = coverageOf(summary, '/src/core/', false);
  const rest = coverageOf(summary, '/src/core/', true);
  const show = (number) => `${number.toFixed(1)} %`;
  console.log(
    `src/core: lines ${show(core.lines)} (gate 95), branches ${show(core.branches)} (gate 90)`,
  );
  console.log(`the rest: lines ${show(rest.lines)} (gate 85)`);
  return core.lines >= 95 && core.branches >= 90 && rest.lines >= 85;
}

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
