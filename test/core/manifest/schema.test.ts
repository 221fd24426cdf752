import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fieldNames } from '../../../src/core/manifest/generated/field-names.ts';
import { manifestSchema } from '../../../src/core/manifest/schema-source.ts';

interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly examples?: readonly unknown[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const published = JSON.parse(readFileSync('schema/jobs.schema.json', 'utf8')) as Schema;

function* all(schema: Schema, path = '#'): Generator<readonly [string, Schema]> {
  yield [path, schema];
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    yield* all(value, `${path}/properties/${key}`);
  }
  if (schema.additionalProperties) {
    yield* all(schema.additionalProperties, `${path}/additionalProperties`);
  }
  if (schema.items !== undefined) yield* all(schema.items, `${path}/items`);
  for (const [index, form] of (schema.anyOf ?? []).entries()) {
    yield* all(form, `${path}/anyOf/${index}`);
  }
}

describe('the published schema', () => {
  test('has the keys of its source, as plain draft-07', () => {
    const source = JSON.parse(JSON.stringify(manifestSchema)) as Schema;
    expect(Object.keys(published.properties ?? {})).toEqual(Object.keys(source.properties ?? {}));
    expect(published.$schema).toBe('http://json-schema.org/draft-07/schema#');
  });

  test('describes every field for people and editors, with examples', () => {
    const bare = [...all(published)].flatMap(([path, schema]) =>
      Object.entries(schema.properties ?? {})
        .filter(
          ([, field]) =>
            !field.title ||
            !field.description ||
            !field.markdownDescription ||
            (field.examples ?? []).length === 0,
        )
        .map(([key]) => `${path}/${key}`),
    );
    expect(bare).toEqual([]);
  });

  test('is closed: every map has fixed keys, or names of a fixed form', () => {
    const open = [...all(published)]
      .filter(([, schema]) => schema.type === 'object')
      .filter(([, schema]) =>
        schema.properties === undefined
          ? schema.propertyNames === undefined || !schema.additionalProperties
          : schema.additionalProperties !== false,
      );
    expect(open).toEqual([]);
  });

  test('is the place the suggestions know the keys from', () => {
    for (const [path, schema] of all(published)) {
      if (schema.properties === undefined) continue;
      expect(fieldNames[path], path).toEqual(Object.keys(schema.properties));
    }
  });
});
