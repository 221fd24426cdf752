// jm2's own settings, with where each value came from when asked.
import type { SettingDefinition } from '../../settings/settings-schema.ts';
import type { SettingValue } from '../../settings/settings.ts';
import { formatDuration } from '../../core/schedule/parse-duration.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';

export interface ShownSetting {
  readonly value: SettingValue;
  readonly definition: SettingDefinition;
}

export function settingsTable(
  settings: readonly ShownSetting[],
  withOrigin: boolean,
  terminal: Terminal,
): string {
  return renderTable<ShownSetting>(
    [
      { header: 'SETTING', cell: ({ definition }) => definition.fileKey, rank: 0 },
      { header: 'VALUE', cell: shownValue, rank: 0 },
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

function shownValue({ value, definition }: ShownSetting): string {
  if (value.value === null) return 'found by search';
  return definition.type.kind === 'duration' && typeof value.value === 'number'
    ? formatDuration(value.value)
    : oneLine(String(value.value));
}
