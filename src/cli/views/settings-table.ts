// jm2's own settings, with where each value came from when asked.
import type { SettingDefinition } from '../../settings/settings-schema.ts';
import type { SettingProblem } from '../../settings/setting-problem.ts';
import type { SettingValue } from '../../settings/settings.ts';
import { formatSize } from '../../core/manifest/parse-size.ts';
import { formatDuration } from '../../core/schedule/parse-duration.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { cellsOf, hanging } from './wrapped.ts';

export interface ShownSetting {
  readonly value: SettingValue;
  readonly definition: SettingDefinition;
  /** What is wrong with values that were given for it. */
  readonly problems: readonly SettingProblem[];
}

/** Narrower than this, sentences would be towers. */
const meaningMin = 24;

const problemColumn: Column<ShownSetting> = {
  header: 'PROBLEM',
  cell: ({ problems }) =>
    problems.map(({ source, problem }) => `${oneLine(source)}: ${oneLine(problem)}`).join('; '),
  style: () => 'red',
  rank: 0,
};

export function settingsTable(
  settings: readonly ShownSetting[],
  withOrigin: boolean,
  terminal: Terminal,
): string {
  const columns: readonly Column<ShownSetting>[] = [
    { header: 'SETTING', cell: ({ definition }) => definition.fileKey, rank: 0 },
    {
      header: 'VALUE',
      cell: shownValue,
      style: ({ problems }: ShownSetting) => (problems.length === 0 ? null : 'red'),
      rank: 0,
    },
    ...(settings.every(({ problems }) => problems.length === 0) ? [] : [problemColumn]),
    ...(withOrigin
      ? [
          { header: 'ORIGIN', cell: ({ value }: ShownSetting) => value.origin, rank: 1 },
          {
            header: 'FROM',
            cell: ({ value }: ShownSetting) => (value.source === null ? '' : oneLine(value.source)),
            rank: 1,
          },
        ]
      : []),
  ];
  const left = renderTable(columns, settings, terminal).split('\n');
  // Sentences are no use when they are cut: they go on below themselves.
  const width = Math.max(...left.map((line) => cellsOf(line, terminal))) + 2;
  if (terminal.width - width < meaningMin) return left.join('\n');
  const meanings = settings.map(({ definition }) => definition.description);
  return [terminal.style('bold', 'MEANING'), ...meanings]
    .map((text, at) => {
      const line = left[at] ?? '';
      return hanging(line + ' '.repeat(width - cellsOf(line, terminal)), text, terminal);
    })
    .join('\n');
}

/** A problem that concerns no single setting. */
export function problemLine({ source, key, problem }: SettingProblem, terminal: Terminal): string {
  const said = [source, key, problem].filter((part) => part !== '').map(oneLine);
  return `${terminal.style('red', 'not accepted')}  ${said.join(': ')}`;
}

function shownValue({ value, definition, problems }: ShownSetting): string {
  const isRefused = problems.some(({ source }) => source === value.source);
  if (isRefused) return 'not accepted';
  return value.value === null ? 'found by search' : oneLine(writtenValue(value, definition));
}

/** As a settings file would have it; empty for what is found by search. */
export function writtenValue({ value }: SettingValue, { type }: SettingDefinition): string {
  if (typeof value !== 'number') return value ?? '';
  if (type.kind === 'duration') return formatDuration(value);
  return type.kind === 'size' ? formatSize(value) : String(value);
}
