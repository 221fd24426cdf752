// Prints the JSON Schema of the manifest, for editors and other tools.
import schema from '../../../schema/jobs.schema.json' with { type: 'json' };
import type { CommandDefinition } from '../command.ts';

export const schemaCommand: CommandDefinition = {
  name: 'schema',
  summary: 'Print the JSON Schema of the manifest',
  description:
    'Editors with the YAML language server use it through the first line of a manifest:\n  # yaml-language-server: $schema=./jobs.schema.json',
  arguments: [],
  options: [],
  examples: [
    { command: 'jm2 schema > jobs.schema.json', meaning: 'keep it beside the manifest' },
    { command: 'jm2 schema --json', meaning: 'as the data of one JSON object' },
  ],
  run: async () => ({ data: schema, text: () => JSON.stringify(schema, null, 2) }),
};
