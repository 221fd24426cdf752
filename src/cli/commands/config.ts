// jm2's own settings; the manifest is no part of them.
import type { CommandDefinition } from '../command.ts';
import { settingsSchema } from '../../settings/settings-schema.ts';
import { wrongArguments } from '../usage-errors.ts';
import { settingsTable } from '../views/settings-table.ts';
import type { ShownSetting } from '../views/settings-table.ts';

export const configCommand: CommandDefinition = {
  name: 'config',
  summary: "List jm2's own settings and where they come from",
  description:
    'Values come from flags, then the environment, then the nearest .jm2rc or jm2.config.yaml, then the defaults.',
  arguments: [{ name: '<action>', description: 'list' }],
  options: [{ flags: '--origin', description: 'show what gave each value' }],
  examples: [{ command: 'jm2 config list --origin', meaning: 'every setting and its origin' }],
  async run(context, input) {
    if (input.needed(0) !== 'list') {
      throw wrongArguments(`config cannot "${input.needed(0)}".`, 'jm2 config list');
    }
    const { values } = await context.settings();
    const shown = settingsSchema.flatMap((definition): ShownSetting[] => {
      const value = values.find(({ key }) => key === definition.key);
      return value === undefined ? [] : [{ definition, value }];
    });
    return {
      data: { settings: values },
      text: (terminal) => settingsTable(shown, input.flag('origin'), terminal),
    };
  },
};
