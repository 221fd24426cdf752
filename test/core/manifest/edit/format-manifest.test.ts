import { expect, it } from 'vitest';
import { formatManifest } from '../../../../src/core/manifest/edit/format-manifest.ts';

it('has an indentation of two, one blank line in a row, and keeps comments and quotes', () => {
  const text = 'version:   1\r\n\r\n\r\njobs:\r\n    a:   # first\r\n        command: "x"   \r\n';
  expect(formatManifest(text)).toEqual({
    ok: true,
    text: 'version: 1\n\njobs:\n  a:\n    # first\n    command: "x"\n',
  });
});

it.each([
  ['jobs: [', 'the file is not valid YAML'],
  ['# nothing\n', 'the file has no content'],
  ['description: >2 # two more\n', 'the comment "# two more" would be lost'],
])('%j is left as it is', (text, problem) => {
  expect(formatManifest(text)).toEqual({ ok: false, problem });
});

it.each([
  'version: 1\njobs:\n  a:\n    command: x\n\n  # behind the last job\n',
  'version: 1\njobs:\n  a:\n    command: |\n      x\n\n  # behind a block\n\n  # and one more\n',
  'version: 1\n\n# before the jobs\njobs:\n  a: {command: x}\n\n# at the very end\n',
])('keeps the blank line before a comment: %j', (text) => {
  expect(formatManifest(text)).toEqual({ ok: true, text });
});

it('makes one blank line of several before a comment at an end', () => {
  const text = 'version: 1\njobs:\n  a: {command: x}\n\n\n\n  # end\n';
  expect(formatManifest(text)).toEqual({ ok: true, text: text.replace('\n\n\n\n', '\n\n') });
});
