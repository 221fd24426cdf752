// docs/edge-cases.md names for each case the tests that hold jm2 to it, or says why it
// cannot happen. A title that is gone, or a case with neither, is a broken promise.
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('docs/edge-cases.md', 'utf8');
const cases = page
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const named = [...section.matchAll(/^- `(test\/[\w./-]+\.test\.ts)`: (.+)$/gm)];
    const [heading = ''] = section.split('\n');
    return {
      heading,
      number: Number.parseInt(heading, 10),
      tests: named.map(([, file = '', title = '']) => ({ file, title })),
      isExcluded: /^Cannot happen: \S/m.test(section),
      bullets: [...section.matchAll(/^- /gm)].length,
    };
  });

/** As the first argument of a test, in whichever quotes. */
function hasTest(file: string, title: string): boolean {
  const text = readFileSync(file, 'utf8');
  return ["'", '"', '`'].some((quote) => {
    const at = text.indexOf(`${quote}${title}${quote},`);
    return at !== -1 && /\(\s*$/.test(text.slice(0, at));
  });
}

it('numbers its cases one after the other', () => {
  expect(cases.map(({ number }) => number)).toEqual(cases.map((_, index) => index + 1));
  expect(cases.length).toBeGreaterThan(40);
});

it.each(cases)('$heading', ({ tests, isExcluded, bullets }) => {
  expect(tests.length > 0 || isExcluded).toBe(true);
  expect(tests).toHaveLength(bullets);
  const gone = tests.filter(({ file, title }) => !existsSync(file) || !hasTest(file, title));
  expect(gone).toEqual([]);
});
