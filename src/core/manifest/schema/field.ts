// How a field of the schema is written down: the schema itself and what editors
// and the field reference say about it. Used by the build only.
import Type from 'typebox';
import type { TSchema } from 'typebox';

interface FieldNotes {
  readonly title: string;
  /** Markdown; the plain description is made from it. */
  readonly about: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/** Adds title, description, markdownDescription, default and examples to a schema. */
export function field<T extends TSchema>(schema: T, notes: FieldNotes): T {
  return {
    ...schema,
    title: notes.title,
    description: notes.about.replaceAll('`', ''),
    markdownDescription: notes.about,
    ...(notes.default === undefined ? {} : { default: notes.default }),
    ...(notes.examples === undefined ? {} : { examples: notes.examples }),
  };
}

/** One of a few words. */
export function words(...values: readonly [string, ...string[]]): TSchema {
  return Type.Unsafe<string>({ type: 'string', enum: values });
}

/** A map that knows exactly these keys. */
export function closed(
  properties: Record<string, TSchema>,
  required: readonly string[] = [],
): TSchema {
  const entries = Object.entries(properties).map(([key, schema]) => [
    key,
    required.includes(key) ? schema : Type.Optional(schema),
  ]);
  return Type.Object(Object.fromEntries(entries) as Record<string, TSchema>, {
    additionalProperties: false,
  });
}

/** A map from names of a form to values of one kind. */
export function mapOf(
  value: TSchema,
  namePattern: string,
  bounds: { readonly maxProperties?: number } = {},
): TSchema {
  return Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    propertyNames: { pattern: namePattern },
    additionalProperties: value,
    ...bounds,
  });
}
