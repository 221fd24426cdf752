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

export interface ShownSetting {
  readonly value: SettingValue;
  readonly definition: SettingDefinition;
  /** What is wrong with values that were given for it. */
  readonly problems: readonly SettingProblem[];
}

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
  return renderTable<ShownSetting>(
    [
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
              cell: ({ value }: ShownSetting) =>
                value.source === null ? '' : oneLine(value.source),
              rank: 1,
            },
          ]
        : []),
      {
        header: 'MEANING',
        cell: ({ definition }) => definition.description,
        rank: 2,
        cuttable: true,
      },
    ],
    settings,
    terminal,
  );
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
