import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const forbidden = [
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bperformance\.now\b/,
  /\bset(Timeout|Interval|Immediate)\b/,
  /\bprocess\./,
  /\bconsole\./,
  /\bMath\.random\b/,
  /from 'node:/,
];

it('core never touches clock, timers, process, console, chance or node modules', () => {
  const found: string[] = [];
  for (const entry of readdirSync('src/core', { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const file = join(entry.parentPath, entry.name);
    const lines = readFileSync(file, 'utf8').split('\n');
    lines.forEach((line, index) => {
      const code = line.replace(/\/\/.*$|^\s*\*.*$/, '');
      if (forbidden.some((pattern) => pattern.test(code))) found.push(`${file}:${index + 1}`);
    });
  }
  expect(found).toEqual([]);
});
