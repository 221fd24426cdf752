// Sizes in bytes: `512KiB`, `10MB`.

/** The form of a size, in time linear in its length. */
export const sizePattern = '^[0-9]{1,15}(B|kB|KB|MB|GB|KiB|MiB|GiB)$';

const factors: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** The size as one would write it, in the largest unit that divides it. */
export function formatSize(bytes: number): string {
  const units = Object.entries(factors).filter(([unit]) => unit !== 'KB');
  const [unit, factor] = units
    .sort(([, a], [, b]) => b - a)
    .find(([, size]) => bytes > 0 && bytes % size === 0) ?? ['B', 1];
  return `${bytes / factor}${unit}`;
}

/** Bytes of a text that has the form of a size. */
export function parseSize(text: string): number {
  const found = /^([0-9]+)([A-Za-z]+)$/.exec(text);
  return Number(found?.[1] ?? 0) * (factors[found?.[2] ?? ''] ?? 0);
}
