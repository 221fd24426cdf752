// docs/manifest.md: every field with its type, default, meaning and examples.
import { stringify } from 'yaml';

function kindOf(schema) {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(kindOf))].join(' or ');
  if (schema.type === 'array') return `list of ${kindOf(schema.items)}`;
  if (schema.type === 'object') return 'map';
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'integer' || schema.type === 'number') {
    const what = schema.type === 'integer' ? 'whole number' : 'number';
    return schema.minimum === undefined ? what : `${what}, ${schema.minimum} to ${schema.maximum}`;
  }
  if (schema.pattern?.includes('[0-9]+w')) return 'duration';
  if (schema.pattern?.includes('MiB')) return 'size';
  return 'text';
}

const flow = (value) =>
  stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();
const cell = (text) => text.replaceAll('|', '\\|');

function table(schema, path) {
  const rows = Object.entries(schema.properties).map(([key, value]) => {
    const preset = value.default === undefined ? '' : `\`${flow(value.default)}\``;
    const mark = schema.required?.includes(key) ? ' (required)' : '';
    return `| \`${key}\`${mark} | ${cell(kindOf(value))} | ${cell(preset)} | ${cell(value.markdownDescription)} |`;
  });
  const examples = Object.entries(schema.properties)
    .filter(([, value]) => value.examples !== undefined)
    .flatMap(([key, value]) =>
      value.examples.map((example) => flow({ [key]: example }).slice(1, -1)),
    );
  return [
    `## ${path}`,
    ['| field | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n'),
    `Examples:\n\n\`\`\`yaml\n${examples.join('\n---\n').replaceAll('\n---\n', '\n')}\n\`\`\``,
  ].join('\n\n');
}

/** The map among the forms a field takes; undefined when it has none with fixed keys. */
function mapWithin(schema) {
  const forms = schema.anyOf ?? [schema];
  return forms.find((form) => form.properties !== undefined);
}

export function fieldReference(schema) {
  const job = schema.properties.jobs.additionalProperties;
  const parts = [
    '# The manifest, field by field',
    [
      'Made from the schema by `npm run generate`. `schema/jobs.schema.json` is the same for editors:',
      'put `# yaml-language-server: $schema=<path>/jobs.schema.json` in the first line of the manifest.',
    ].join('\n'),
    [
      'Durations are whole numbers with a unit, the largest first: `90s`, `1h30m`, `2d` (units `ms s m h d w`).',
      'Sizes are `10MB` (thousands) or `10MiB` (1,024s). Unknown keys are errors.',
      'A value of a job replaces the one of `defaults` as a whole; only `env` is merged name by name.',
    ].join('\n'),
    table(schema, 'Top level'),
    table(schema.properties.concurrency, '`concurrency` (top level)'),
    table(mapWithin(schema.properties.calendars.additionalProperties), '`calendars.NAME`'),
    table(job, '`jobs.NAME`'),
  ];
  parts.push(table(mapWithin(job.properties.env.additionalProperties), '`env.NAME` as a map'));
  for (const key of ['schedule', 'calendar', 'kill', 'limits', 'retry', 'catch_up', 'log']) {
    const map = mapWithin(job.properties[key]);
    if (map !== undefined) parts.push(table(map, `\`jobs.NAME.${key}\` as a map`));
  }
  const shared = Object.keys(schema.properties.defaults.properties);
  parts.push(
    `## \`defaults\`\n\nTakes these fields of a job, with the same meaning: ${shared
      .map((key) => `\`${key}\``)
      .join(', ')}.`,
  );
  return `${parts.join('\n\n')}\n`;
}
