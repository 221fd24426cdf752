// The gate on executed lines: src/core by its own tests alone, everything else
// by tests of modules and by the processes that the end-to-end tests start.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import coverage from 'istanbul-lib-coverage';
import { addProcesses } from './process-coverage.mjs';

const report = 'coverage/coverage-final.json';
const processes = 'coverage/processes';
const namedAtMost = 10;

export function checkCoverage() {
  if (!existsSync(report)) {
    console.log('no coverage report: run `npm test` first');
    return false;
  }
  const files = JSON.parse(readFileSync(report, 'utf8'));
  const alone = summaries(files);
  const core = total(alone.filter(isCore));
  const restAlone = total(alone.filter((file) => !isCore(file)));
  const counted = addProcesses(files, processes);
  const restFiles = summaries(files).filter((file) => !isCore(file));
  const rest = total(restFiles);

  console.log(
    `src/core: lines ${show(core.lines)} (gate 95 %), branches ${show(core.branches)} (gate 90 %)`,
  );
  console.log(
    `the rest: lines ${show(rest.lines)} (gate 85 %), ${show(restAlone.lines)} without the ${counted} measured processes`,
  );
  const coreHolds = percent(core.lines) >= 95 && percent(core.branches) >= 90;
  const restHolds = percent(rest.lines) >= 85;
  if (counted === 0) console.log('no process was measured: run all of `npm test`');
  if (!coreHolds) nameWorst(alone.filter(isCore));
  if (!restHolds) nameWorst(restFiles);
  return counted > 0 && coreHolds && restHolds;
}

/** Lines and branches of each file; a summary is a copy, later marks do not change it. */
function summaries(files) {
  return Object.values(files).map((file) => {
    const { lines, branches } = coverage.createFileCoverage(file).toSummary();
    return { path: relative('.', file.path), lines, branches };
  });
}

const isCore = ({ path }) => path.startsWith('src/core/');

function total(files) {
  const sum = { lines: { total: 0, covered: 0 }, branches: { total: 0, covered: 0 } };
  for (const file of files) {
    for (const kind of ['lines', 'branches']) {
      sum[kind].total += file[kind].total;
      sum[kind].covered += file[kind].covered;
    }
  }
  return sum;
}

const percent = ({ total: all, covered }) => (all === 0 ? 0 : (100 * covered) / all);
const show = (figures) => `${percent(figures).toFixed(1)} %`;

function nameWorst(files) {
  const missed = ({ lines }) => lines.total - lines.covered;
  console.log('most lines never executed:');
  for (const file of [...files].sort((a, b) => missed(b) - missed(a)).slice(0, namedAtMost)) {
    console.log(`  ${String(missed(file)).padStart(4)} of ${file.lines.total}  ${file.path}`);
  }
}
