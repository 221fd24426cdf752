// Edits of manifests made at random, in the styles that people write: what was
// not meant stays byte for byte, and stays what it meant.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  editManifest,
  type ManifestEdit,
} from '../../../../src/core/manifest/edit/edit-manifest.ts';
import { formatManifest } from '../../../../src/core/manifest/edit/format-manifest.ts';
import { loadManifest } from '../../../../src/core/manifest/load-manifest.ts';
import { sha256 } from '../../../../src/system/digest.ts';

const comment = fc.constantFrom('# why', '#', '# jobs: none', '#- x: y', '# "quoted: {"');
const word = fc.stringMatching(/^[a-z]{1,6}$/);

/** Lines of one field at the left margin, without its comments. */
const field = fc.oneof(
  fc.constantFrom(
    ['schedule: "0 3 * * *"'],
    ['schedule: every 30s   # often'],
    ["schedule: '*/5 * * * *'"],
    ['schedule:', '  cron: 0 4 * * 1', '  jitter: 5m'],
    ['schedule:', '- 0 1 * * *', '- every 7m'],
  ),
  fc.constantFrom(
    ['retry: {limit: 2, delay: 3s}'],
    ['retry:', '  limit: 2', '', '  # a while', '  delay: 3s'],
    ['retry: 1'],
  ),
  fc.constantFrom(['tags: [a, b]'], ['tags:', '  - a', '  - b # second'], ['tags: [a,', '  b]']),
  fc.constantFrom(
    ['env: {A: 1, "B": "x y"}'],
    ['env:', '  A: 1', '', '  B: |', '    two', '    lines'],
  ),
  fc.constantFrom(['timeout: 30m'], ['timeout: "1h"']),
);
const command = fc.constantFrom(
  ['command: echo hi'],
  ["command: 'it''s; done'"],
  ['command: "a\\tb"'],
  ['command: |', '  set -e', '', '  ./x # not a comment'],
  ['command: >-', '  one', '  two'],
  ['command: [curl, -f, "http://x"]'],
  ['command:', '  - curl', '  - -f'],
);

interface Style {
  readonly indent: number;
  readonly step: number;
  readonly blank: boolean;
}

const job = fc.record({
  lead: fc.array(comment, { maxLength: 2 }),
  flow: fc.integer({ min: 0, max: 6 }),
  fields: fc.uniqueArray(field, { maxLength: 3, selector: ([line = '']) => line.split(':')[0] }),
  command,
  between: fc.array(comment, { maxLength: 1 }),
  trail: fc.array(comment, { maxLength: 1 }),
});
type MadeJob = typeof job extends fc.Arbitrary<infer T> ? T : never;

const pad = (lines: readonly string[], by: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));

function linesOf(name: string, made: MadeJob, style: Style): string[] {
  if (made.flow === 0)
    return pad([...made.lead, `${name}: {command: "x", timeout: 5s} # short`], style.indent);
  const fields = [...made.fields.flat(), ...made.between, ...made.command, ...made.trail];
  return pad([...made.lead, `${name}:`, ...pad(fields, style.step)], style.indent);
}

const manifest = fc
  .record({
    names: fc.uniqueArray(word, { minLength: 1, maxLength: 4 }),
    jobs: fc.array(job, { minLength: 4, maxLength: 4 }),
    style: fc.record({
      indent: fc.constantFrom(2, 4, 3),
      step: fc.constantFrom(2, 4),
      blank: fc.boolean(),
    }),
    head: fc.array(comment, { maxLength: 2 }),
    tail: fc.constantFrom([], ['', '# the end'], ['', 'timezone: Europe/Berlin'], ['# end', '...']),
    newline: fc.constantFrom('\n', '\r\n'),
    isOpen: fc.boolean(),
  })
  .map(({ names, jobs, style, head, tail, newline, isOpen }) => {
    const blocks = names.map((name, at) => linesOf(name, jobs[at] as MadeJob, style));
    const body = blocks.flatMap((lines, at) => (at > 0 && style.blank ? ['', ...lines] : lines));
    const lines = [...head, 'version: 1', 'jobs:', ...body, ...tail];
    return { names, text: lines.join(newline) + (isOpen ? '' : newline) };
  });

const load = (text: string) => loadManifest(text, { file: 'jobs.yaml', digest: sha256 });

function edited(text: string, edit: ManifestEdit): string {
  const result = editManifest(text, edit);
  if (!result.ok) throw new Error(result.problem);
  return result.text;
}

/** Digests of all jobs but one. */
const others = (text: string, name: string): [string, string][] => {
  const { manifest: loaded, jobDigests, diagnostics } = load(text);
  expect(loaded, `${JSON.stringify(diagnostics[0])}\n${text}`).not.toBeNull();
  return [...jobDigests].filter(([key]) => key !== name);
};

const options = { numRuns: 400, seed: 20_261_124 };

it('a job that was added and taken out again leaves no trace', () => {
  fc.assert(
    fc.property(manifest, ({ text }) => {
      const fields = { command: 'a\nb', schedule: '0 * * * *' };
      const added = edited(text, { kind: 'add', name: 'zz-new', fields });
      expect(others(added, 'zz-new')).toEqual(others(text, 'zz-new'));
      expect(load(added).jobDigests.has('zz-new')).toBe(true);
      expect(edited(added, { kind: 'remove', name: 'zz-new' })).toBe(text);
    }),
    options,
  );
});

it('taking a job out leaves the others, and every other line with content', () => {
  fc.assert(
    fc.property(manifest, fc.nat(3), ({ text, names }, at) => {
      const name = names[at % names.length] ?? '';
      const after = edited(text, { kind: 'remove', name });
      expect(others(after, name)).toEqual(others(text, name));
      expect(load(after).jobDigests.has(name)).toBe(false);
      // A subsequence of the lines, but for the key that now holds an empty map.
      const lines = text.split(/\r?\n/);
      let from = 0;
      for (const line of after.split(/\r?\n/)) {
        const found = lines.indexOf(line.replace('jobs: {}', 'jobs:'), from);
        expect(found, `${JSON.stringify(line)} is new`).toBeGreaterThanOrEqual(from);
        from = found + 1;
      }
    }),
    options,
  );
});

const edits = fc.constantFrom<Record<string, unknown>>(
  { schedule: '*/7 * * * *' },
  { command: 'new' },
  { command: 'new\nlines\n' },
  { command: ['new', '--list', 'a b'] },
  { timeout: '9s', tags: ['t'] },
  { retry: { limit: 9, delay: '1s' } },
  { env: { NEW: 'x: y', OTHER: '#no', MORE: '', A: '1', B: '2' } },
  { schedule: null },
  { retry: null, tags: null, env: null },
);

it('setting fields changes that job alone, and a second time nothing', () => {
  fc.assert(
    fc.property(manifest, fc.nat(3), edits, ({ text, names }, at, fields) => {
      const name = names[at % names.length] ?? '';
      const after = edited(text, { kind: 'set', name, fields });
      expect(others(after, name)).toEqual(others(text, name));
      const again = edited(after, { kind: 'set', name, fields });
      expect(load(again).jobDigests).toEqual(load(after).jobDigests);
      expect(again).toBe(after);
    }),
    options,
  );
});

it('formatting keeps meaning and comments, and formats to itself, or is refused', () => {
  let refused = 0;
  fc.assert(
    fc.property(manifest, ({ text }) => {
      const formatted = formatManifest(text);
      if (!formatted.ok) {
        refused += 1;
        // The writer of the library loses a comment before an end mark.
        expect(text).toMatch(/# end\r?\n\.\.\./);
        return;
      }
      expect(load(formatted.text).jobDigests).toEqual(load(text).jobDigests);
      expect(formatManifest(formatted.text)).toEqual(formatted);
    }),
    options,
  );
  expect(refused).toBeLessThan(options.numRuns / 2);
});
