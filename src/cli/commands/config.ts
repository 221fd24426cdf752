// jm2's own settings; the manifest is no part of them.
import type { CommandDefinition } from '../command.ts';
import { settingsSchema } from '../../settings/settings-schema.ts';
import { wrongArguments } from '../usage-errors.ts';
import { problemLine, settingsTable } from '../views/settings-table.ts';
import type { ShownSetting } from '../views/settings-table.ts';

export const configCommand: CommandDefinition = {
  name: 'config',
  summary: "List jm2's own settings and where they come from",
  description:
    'Values come from flags, then the environment, then the nearest .jm2rc or jm2.config.yaml, then the defaults. Values that are not accepted are shown with what is wrong; other commands refuse to work with them.',
  arguments: [{ name: '<action>', description: 'list' }],
  options: [{ flags: '--origin', description: 'show what gave each value' }],
  examples: [{ command: 'jm2 config list --origin', meaning: 'every setting and its origin' }],
  async run(context, input) {
    if (input.needed(0) !== 'list') {
      throw wrongArguments(`config cannot "${input.needed(0)}".`, 'jm2 config list');
    }
    const { values, problems } = await context.inspectSettings();
    const shown = settingsSchema.flatMap((definition): ShownSetting[] => {
      const value = values.find(({ key }) => key === definition.key);
      const own = problems.filter(({ key }) => key === definition.fileKey);
      return value === undefined ? [] : [{ definition, value, problems: own }];
    });
    // Unknown keys and unreadable files belong to no row.
    const known = new Set(settingsSchema.map(({ fileKey }) => fileKey));
    const others = problems.filter(({ key }) => !known.has(key));
    return {
      data: { settings: values, problems },
      text: (terminal) =>
        [
          settingsTable(shown, input.flag('origin'), terminal),
          ...others.map((problem) => problemLine(problem, terminal)),
        ].join('\n'),
    };
  },
};
