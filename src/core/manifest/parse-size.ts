// Sizes in bytes: `512KiB`, `10MB`.

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

/** Bytes of a text that has the form of a size. */
export function parseSize(text: string): number {
  const found = /^([0-9]+)([A-Za-z]+)$/.exec(text);
  return Number(found?.[1] ?? 0) * (factors[found?.[2] ?? ''] ?? 0);
}
