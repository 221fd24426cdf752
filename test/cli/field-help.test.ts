import { expect, it } from 'vitest';
import schema from '../../schema/jobs.schema.json' with { type: 'json' };
import {
  allFieldNames,
  fieldHelp,
  fieldNamesOf,
  manifestFieldHelp,
} from '../../src/cli/field-help.ts';

it.each([
  ['timeout', 'Timeout', null],
  ['retry', 'Retry', 0],
  ['retry.limit', 'Number of retries', 0],
  ['catch_up.window', 'Window', '24h'],
  ['kill.grace', 'Grace', '10s'],
  ['env.PATH', 'Variables of the job', null],
])('%s is explained', (field, title, fallback) => {
  const help = fieldHelp(schema, field.split('.'));
  expect(help).toMatchObject({ title, default: fallback });
  expect(help?.description).not.toBe('');
});

it.each(['', 'tiemout', 'timeout.limit', 'retry.nothing', 'constructor', 'env.A.B'])(
  '"%s" is no field',
  (field) => {
    expect(fieldHelp(schema, field.split('.'))).toBeNull();
  },
);

it('explains every field of a job', () => {
  const names = fieldNamesOf(schema);
  expect(names.length).toBeGreaterThan(25);
  for (const name of names) expect(fieldHelp(schema, [name]), name).not.toBeNull();
});

it.each([
  ['calendars', 'Calendars'],
  ['calendars.holidays', 'Calendar'],
  ['calendars.holidays.dates', 'Dates'],
  ['groups.db', 'Groups'],
  ['defaults.timeout', 'Timeout'],
])('%s of the manifest is explained', (field, title) => {
  expect(manifestFieldHelp(schema, field.split('.'))?.title).toBe(title);
});

it.each(['', 'calenders', 'calendars.holidays.data', 'defaults.tiemout', 'version.x'])(
  '"%s" is no field of the manifest',
  (field) => {
    expect(manifestFieldHelp(schema, field.split('.'))).toBeNull();
  },
);

it('explains every field of the manifest', () => {
  const fields = Object.keys(schema.properties);
  expect(allFieldNames(schema)).toEqual(expect.arrayContaining(fields));
  for (const name of fields) expect(manifestFieldHelp(schema, [name]), name).not.toBeNull();
});
