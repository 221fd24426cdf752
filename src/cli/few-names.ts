// Names in a sentence: the first few, and how many there are besides.

const shownMax = 5;

/** `a, b, c, d, e and 7 more`. */
export function fewNames(names: readonly string[], max = shownMax): string {
  const more = names.length > max ? ` and ${names.length - max} more` : '';
  return `${names.slice(0, max).join(', ')}${more}`;
}
