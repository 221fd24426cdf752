// Lengths of time have one notation wherever the tool prints them: "4m10s", "in 2h5m".
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** A number or a value, a space, a unit: "10 s", "${n} min"; and units apart: "2h 5m". */
const apart = /(?:\d|\})(?: |\u{a0})(?:ms|s|sec|m|min|h|d)(?![\w-])|\d[hmd] \d+[ms]\b/u;

function files(folder: string, end: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => join(entry.parentPath, entry.name));
}

function lines(file: string): { place: string; text: string }[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => ({ place: `${file}:${index + 1}`, text }));
}

function places(all: readonly { place: string; text: string }[]): string[] {
  return all.filter(({ text }) => apart.test(text)).map(({ place }) => place);
}

it('no text of the tool writes a duration in another way', () => {
  const code = files('src', '.ts')
    .flatMap(lines)
    .map(({ place, text }) => ({
      place,
      text: text.replace(/(?:^|\s)\/\/.*$|^\s*\/?\*.*$/, ''),
    }));
  expect(places(code)).toEqual([]);
});

it('no transcript or picture in the documents shows another way', () => {
  const pictures = files('docs/pictures', '.svg').flatMap(lines);
  const transcripts = ['README.md', ...files('docs', '.md')].flatMap((file) => {
    let isFenced = false;
    return lines(file).filter(({ text }) => {
      if (text.trimStart().startsWith('```')) isFenced = !isFenced;
      return isFenced;
    });
  });
  expect(places([...pictures, ...transcripts])).toEqual([]);
});
