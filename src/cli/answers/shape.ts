// How the shape of an answer is written down. Only the build and the tests
// import this folder; a command that runs loads none of it.
import Type from 'typebox';
import type { Static, TProperties, TSchema } from 'typebox';

/** Without `readonly`, which says nothing about values. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

/** True where both types admit the same values; the shapes are held to the program's types by it. */
export type Same<A, B> = [Plain<A>] extends [Plain<B>]
  ? [Plain<B>] extends [Plain<A>]
    ? true
    : false
  : false;

/** Fails to compile for anything but `true`. */
export function same<_T extends true>(): void {
  // The work is done by the compiler.
}

/** An object with these keys and no other. */
export function shape<T extends TProperties>(
  properties: T,
  description?: string,
): ReturnType<typeof Type.Object<T>> {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  }) as ReturnType<typeof Type.Object<T>>;
}

export function nullable<T extends TSchema>(
  schema: T,
): ReturnType<typeof Type.Union<[T, ReturnType<typeof Type.Null>]>> {
  return Type.Union([schema, Type.Null()]);
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(
  ...values: T
): ReturnType<typeof Type.Unsafe<T[number]>> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values] });
}

export const instant = Type.String({
  pattern: '^-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$',
  description: 'ISO 8601 in UTC, with milliseconds.',
});
export const text = Type.String();
export const count = Type.Integer({ minimum: 0 });
export const durationMs = Type.Number({ minimum: 0, description: 'Milliseconds.' });

export type Value<T extends TSchema> = Static<T>;
