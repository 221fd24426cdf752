// Priorities as people write them: a word or a number from -100 to 100.

const words = { low: -10, normal: 0, high: 10 } as const;

export type WrittenPriority = number | keyof typeof words;

export const priorityMax = 100;

export function priorityOf(written: WrittenPriority | undefined): number {
  return typeof written === 'number' ? written : words[written ?? 'normal'];
}

/** From the text of an option; null when it is none. */
export function parsePriority(text: string): number | null {
  if (Object.hasOwn(words, text)) return words[text as keyof typeof words];
  if (!/^[-+]?\d{1,3}$/.test(text)) return null;
  const value = Number(text);
  return Math.abs(value) <= priorityMax ? value : null;
}

/** The word for a number that has one. */
export function priorityWord(priority: number): string {
  const found = Object.entries(words).find(([, value]) => value === priority);
  return found?.[0] ?? String(priority);
}
