// Which names of variables promise a secret, and what is shown in its place.
// Values that come from references are never here: they are resolved at the start of a run.

/** Stands for a value that is not shown. */
export const maskedValue = '***';

const secretWords = ['TOKEN', 'PASSWORD', 'SECRET', 'KEY'];

/** True for names with TOKEN, PASSWORD, SECRET or KEY in them, in any case. */
export function isSecretName(name: string): boolean {
  const upper = name.toUpperCase();
  return secretWords.some((word) => upper.includes(word));
}

/** The value, or the mask when the name promises a secret. */
export function maskValue(name: string, value: string): string {
  return isSecretName(name) ? maskedValue : value;
}

/** A copy for display; the order of names is kept. */
export function maskEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  // fromEntries defines own properties, also for names such as __proto__.
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, maskValue(name, value)]),
  );
}
