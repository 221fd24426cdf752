// Sizes for people: "0 B", "12 kB", "3.4 MB", in thousands as disks are sold.

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would round to 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit]}`;
}
