import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const sources = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

/** The doc comment above an exported type, as one line. */
function docComment(type: string): string | null {
  const pattern = new RegExp(
    `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export (?:interface|type) ${type}\\b`,
  );
  for (const source of sources) {
    const match = pattern.exec(source);
    if (match?.[1] !== undefined) return match[1].replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();
  }
  return null;
}

const rows = readFileSync('docs/glossary.md', 'utf8')
  .split('\n')
  .map((line) => /^\| ([^|]+) \| `(\w+)` \| ([^|]+) \|$/.exec(line))
  .filter((match) => match !== null);

it.each(rows.map((row) => [row[2] ?? '', row[3] ?? '']))(
  '%s says in its doc comment what the glossary says',
  (type, meaning) => {
    expect(docComment(type)).toContain(meaning);
  },
);

it('the glossary ties most of its terms to types', () => {
  expect(rows.length).toBeGreaterThan(15);
});
