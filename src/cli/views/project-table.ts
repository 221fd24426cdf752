// All projects of a home, a line each.
import type { ProjectStatus } from '../all-projects.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';

export function projectTable(projects: readonly ProjectStatus[], terminal: Terminal): string {
  if (projects.length === 0) return 'No project has been started from this home.';
  const number = (value: number | null): string => (value === null ? '' : String(value));
  const table = renderTable<ProjectStatus>(
    [
      {
        header: 'MANIFEST',
        cell: ({ manifest, stateDir }) =>
          manifest === null ? `? (${oneLine(stateDir)})` : oneLine(manifest),
        rank: 0,
      },
      {
        header: 'STATE',
        cell: ({ state }) => state ?? 'silent',
        rank: 0,
        style: ({ running, problems }) => (running === true && problems === 0 ? 'green' : 'red'),
      },
      { header: 'REVISION', cell: (row) => number(row.revision), align: 'right', rank: 4 },
      { header: 'JOBS', cell: ({ jobs }) => number(jobs), align: 'right', rank: 1 },
      { header: 'RUNNING', cell: ({ runs }) => number(runs), align: 'right', rank: 3 },
      { header: 'PROBLEMS', cell: ({ problems }) => number(problems), align: 'right', rank: 2 },
      {
        header: 'NEXT',
        cell: ({ next }) =>
          next === null
            ? ''
            : `${oneLine(next.job)} ${relativeTime(Date.parse(next.at), terminal.now)}`,
        rank: 5,
        cuttable: true,
      },
    ],
    projects,
    terminal,
  );
  const faults = projects.flatMap(({ stateDir, fault }) =>
    fault === null ? [] : [`${oneLine(stateDir)}: ${oneLine(fault)}`],
  );
  return faults.length === 0 ? table : `${table}\n\n${faults.join('\n')}`;
}
