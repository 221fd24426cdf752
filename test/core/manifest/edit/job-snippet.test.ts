import { expect, it } from 'vitest';
import { jobSnippet, leansOnNothing } from '../../../../src/core/manifest/edit/job-snippet.ts';
import { loadManifest } from '../../../../src/core/manifest/load-manifest.ts';
import { sha256 } from '../../../../src/system/digest.ts';

const text = `version: 1
jobs:
    # Every night, before the backup.
    dump:
        schedule: "0 3 * * *"   # after the shop has closed
        command: |
            pg_dump shop \\
              | gzip

            echo done
        env: &env {A: "1"}

    flow: {command: echo a, tags: [a, b], schedule: "@daily"}
    "8-bit": {command: echo 8}
    copy:
        command: echo copy
        env: *env
`;

it('is as it is written, comments included, indented as below jobs', () => {
  const alone = text.replace('&env ', '').replace('*env', '{}');
  expect(jobSnippet(alone, 'dump')).toBe(`  # Every night, before the backup.
  dump:
      schedule: "0 3 * * *"   # after the shop has closed
      command: |
          pg_dump shop \\
            | gzip

          echo done
      env: {A: "1"}
`);
});

it('is written anew where it leans on another part of the file', () => {
  expect(jobSnippet(text, 'copy')).toBe(`  copy:
    command: echo copy
    env:
      A: "1"
`);
  expect(jobSnippet(text, 'flow')).toBe(`  flow:
    schedule: "@daily"
    command: echo a
    tags: [a, b]
`);
});

it('means the same job wherever it is pasted', () => {
  const spec = (source: string, name: string): unknown =>
    loadManifest(source, { file: 'jobs.yaml', digest: sha256 }).manifest?.jobs.find(
      (job) => job.name === name,
    );
  for (const name of ['dump', 'flow', '8-bit', 'copy']) {
    const pasted = `version: 1\njobs:\n${jobSnippet(text, name) ?? ''}`;
    expect(spec(pasted, name), name).toEqual(spec(text, name));
    expect(spec(pasted, name), name).toBeDefined();
  }
});

it('is nothing for a job that is not there', () => {
  expect(jobSnippet(text, 'gone')).toBeNull();
  expect(jobSnippet('\ufeffversion: 1\n', 'gone')).toBeNull();
});

it('is nothing for a job that is no map', () => {
  expect(jobSnippet('jobs:\n  a: x\n  b:\n', 'a')).toBeNull();
  expect(jobSnippet('jobs:\n  a: x\n  b:\n', 'b')).toBeNull();
});

it('keeps a comment of it that stands further to the left', () => {
  const shifted =
    'jobs:\n    a:\n        command: x\n    # its comment\n    b:\n        command: |\n            y\n  # deeper than jobs\n        timeout: 5s\n';
  expect(jobSnippet(shifted, 'b')).toBe(
    '  # its comment\n  b:\n      command: |\n          y\n  # deeper than jobs\n      timeout: 5s\n',
  );
});

it.each([
  ['copy', false],
  ['8-bit', true],
  ['dump', false],
  ['gone', false],
])('%s leans on nothing else: %s', (name, expected) => {
  expect(leansOnNothing(text, name)).toBe(expected);
});
