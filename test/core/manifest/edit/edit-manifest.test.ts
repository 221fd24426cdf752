import { describe, expect, it } from 'vitest';
import {
  editManifest,
  jobText,
  type ManifestEdit,
} from '../../../../src/core/manifest/edit/edit-manifest.ts';

function edited(text: string, edit: ManifestEdit): string {
  const result = editManifest(text, edit);
  return result.ok ? result.text : `refused: ${result.problem}`;
}
const add = (name: string, fields: Record<string, unknown>): ManifestEdit => ({
  kind: 'add',
  name,
  fields,
});
const set = (name: string, fields: Record<string, unknown>): ManifestEdit => ({
  kind: 'set',
  name,
  fields,
});
const hourly = add('hourly', { command: 'echo hi', schedule: '0 * * * *' });

const two = `# Jobs of the shop.
version: 1
timezone: Europe/Berlin   # where the shop is

jobs:
  # Every night.
  dump:
    schedule: "0 3 * * *"   # after the till closed
    command: >-
      pg_dump shop
      | gzip > dump.gz
    retry: {limit: 3, delay: 30s}

  ping:
    command: [curl, -fsS, http://localhost]
    schedule: every 30s
    # timeout: 5s

# The end.
`;

describe('a job that comes', () => {
  it('stands behind the last one, set apart as the others are', () => {
    expect(edited(two, hourly)).toBe(
      two.replace(
        '    # timeout: 5s\n',
        '    # timeout: 5s\n\n  hourly:\n    schedule: "0 * * * *"\n    command: echo hi\n',
      ),
    );
  });

  it.each([
    ['version: 1\njobs: {}\n', 'version: 1\njobs:\n  hourly:\n'],
    ['version: 1\njobs: {} # none yet\n', 'version: 1\njobs: # none yet\n  hourly:\n'],
    ['version: 1\njobs:\n', 'version: 1\njobs:\n  hourly:\n'],
    ['version: 1\n', 'version: 1\njobs:\n  hourly:\n'],
    ['# nothing\n', '# nothing\nversion: 1\njobs:\n  hourly:\n'],
    ['', 'version: 1\njobs:\n  hourly:\n'],
  ])('is the first one of %j', (before, begins) => {
    expect(edited(before, hourly)).toBe(
      `${begins}    schedule: "0 * * * *"\n    command: echo hi\n`,
    );
  });

  it('is indented as its neighbours', () => {
    const wide = 'version: 1\njobs:\n    a:\n        command: x\n';
    expect(edited(wide, add('b', { command: 'y' }))).toBe(`${wide}\n    b:\n        command: y\n`);
  });

  it('keeps the line ends of the file, its mark, and a last line without an end', () => {
    const crlf = '\ufeffversion: 1\r\njobs:\r\n  a: {command: x}';
    expect(edited(crlf, add('b', { command: 'y' }))).toBe(`${crlf}\r\n  b:\r\n    command: y`);
  });

  it('is written as JSON in a file of JSON', () => {
    const json = '{"version": 1, "jobs": {\n  "a": {"command": "x"}\n}}\n';
    expect(edited(json, add('b', { command: 'y' }))).toBe(
      '{"version": 1, "jobs": {\n  "a": {"command": "x"},\n  "b": {"command":"y"}\n}}\n',
    );
    expect(edited('{"version": 1}', add('b', { command: 'y' }))).toBe(
      '{"version": 1, "jobs": {"b":{"command":"y"}}}',
    );
  });

  it('has several lines, maps and lists in the style of the documentation', () => {
    const fields = {
      command: 'set -e\n\n./one "a b"\n./two # last\n',
      env: { A: '1', B: 'x y' },
      retry: { limit: 3, delay: '30s' },
      tags: ['web', 'night'],
    };
    expect(edited('version: 1\njobs: {}\n', add('a', fields))).toBe(
      `version: 1
jobs:
  a:
    command: |
      set -e

      ./one "a b"
      ./two # last
    env:
      A: "1"
      B: x y
    retry: {limit: 3, delay: 30s}
    tags: [web, night]
`,
    );
  });

  it('is refused where one of its name stands', () => {
    expect(edited(two, add('ping', { command: 'x' }))).toBe('refused: it has a job "ping" already');
  });
});

describe('a job that goes', () => {
  it('takes its comment and its blank line along', () => {
    expect(edited(two, { kind: 'remove', name: 'dump' })).toBe(
      two.replace(/ {2}# Every night\.[^]*?delay: 30s}\n\n/, ''),
    );
    expect(edited(two, { kind: 'remove', name: 'ping' })).toBe(
      two.replace(/\n {2}ping:[^]*?timeout: 5s\n/, ''),
    );
  });

  it('leaves an empty map when it was the only one', () => {
    const one = 'version: 1\njobs: # of the shop\n  a:\n    command: x\n\n# end\n';
    expect(edited(one, { kind: 'remove', name: 'a' })).toBe(
      'version: 1\njobs: {} # of the shop\n\n# end\n',
    );
  });

  it.each([
    [
      '{version: 1, jobs: {a: {command: x}, b: {command: y}}}',
      'a',
      '{version: 1, jobs: {b: {command: y}}}',
    ],
    [
      '{version: 1, jobs: {a: {command: x}, b: {command: y}}}',
      'b',
      '{version: 1, jobs: {a: {command: x}}}',
    ],
    ['{version: 1, jobs: {a: {command: x}}}', 'a', '{version: 1, jobs: {}}'],
  ])('takes its comma along in %j', (before, name, after) => {
    expect(edited(before, { kind: 'remove', name })).toBe(after);
  });

  it('stays where others refer to a part of it', () => {
    const shared = 'version: 1\njobs:\n  a: &a {command: x}\n  b: {<<: *a, timeout: 5s}\n';
    expect(edited(shared, { kind: 'remove', name: 'a' })).toBe(
      'refused: the job "a" holds the anchor "&a", which other parts of the file refer to',
    );
  });
});

describe('a field', () => {
  it('is replaced in its line, with the quotes it had and the comment beside it', () => {
    expect(edited(two, set('dump', { schedule: '0 4 * * *' }))).toBe(
      two.replace('"0 3 * * *"', '"0 4 * * *"'),
    );
    expect(edited(two, set('dump', { retry: 5 }))).toBe(two.replace('{limit: 3, delay: 30s}', '5'));
    expect(edited(two, set('ping', { schedule: '*/5 * * * *' }))).toBe(
      two.replace('every 30s', '"*/5 * * * *"'),
    );
  });

  it('is replaced with all its lines', () => {
    expect(edited(two, set('dump', { command: './dump.sh' }))).toBe(
      two.replace(/command: >-[^]*?dump\.gz\n/, 'command: ./dump.sh\n'),
    );
    expect(edited(two, set('ping', { command: 'a\nb\n' }))).toBe(
      two.replace(/command: \[curl.*\n/, 'command: |\n      a\n      b\n'),
    );
  });

  it('comes behind the others, and goes without a trace', () => {
    const timed = edited(two, set('ping', { timeout: '5s', tags: ['web'] }));
    expect(timed).toBe(two.replace('every 30s\n', 'every 30s\n    timeout: 5s\n    tags: [web]\n'));
    expect(edited(timed, set('ping', { timeout: null, tags: null }))).toBe(two);
    expect(edited(two, set('ping', { suspend: null }))).toBe(two);
  });

  it('is set in braces', () => {
    const flow = 'version: 1\njobs:\n  a: {command: x, timeout: 5s} # short\n';
    expect(edited(flow, set('a', { timeout: '6s', suspend: true, tags: ['b'] }))).toBe(
      'version: 1\njobs:\n  a: {command: x, timeout: 6s, suspend: true, tags: [b]} # short\n',
    );
    expect(edited(flow, set('a', { timeout: null }))).toBe(
      'version: 1\njobs:\n  a: {command: x} # short\n',
    );
  });

  it('that a merge brings gets an own value', () => {
    const merged = 'version: 1\njobs:\n  a: &a {command: x, timeout: 5s}\n  b:\n    <<: *a\n';
    expect(edited(merged, set('b', { timeout: '9s' }))).toBe(`${merged}    timeout: 9s\n`);
  });

  it('stays where others refer to it', () => {
    const shared =
      'version: 1\njobs:\n  a:\n    command: x\n    env: &env {A: b}\n  b: {command: y, env: *env}\n';
    expect(edited(shared, set('a', { env: { C: 'd' } }))).toContain('refused: its `env` holds');
  });
});

describe('a job as text', () => {
  it('is taken out and put back without a difference', () => {
    const text = jobText(two, 'dump') ?? '';
    expect(text.split('\n').slice(0, 2)).toEqual(['# Every night.', 'dump:']);
    expect(edited(two, { kind: 'replace', name: 'dump', text })).toBe(two);
  });

  it('gets another name', () => {
    expect(edited(two, { kind: 'rename', name: 'dump', to: 'dump-shop' })).toBe(
      two.replace('  dump:', '  dump-shop:'),
    );
  });
});

describe('a text that is not edited, rather than broken', () => {
  const remove = (name: string): ManifestEdit => ({ kind: 'remove', name });
  const flow = '{version: 1, jobs: {a: {command: x}}}';

  it.each<[string, string, ManifestEdit, string]>([
    ['no YAML', 'jobs: [', hourly, 'the file is not valid YAML'],
    ['a list', '- a\n', hourly, 'it is not a map'],
    [
      'jobs that are a number',
      'version: 1\njobs: 5\n',
      hourly,
      '`jobs` holds something that is no job',
    ],
    ['jobs that are nothing, in braces', '{jobs: null}', hourly, '`jobs` is not a map in braces'],
    [
      'jobs that stand elsewhere',
      'x: &x {a: {command: y}}\njobs: *x\n',
      hourly,
      '`jobs` is an alias',
    ],
    [
      'jobs on the line of their key',
      '? jobs\n: a: {command: x}\n',
      hourly,
      'its last job begins in the middle of a line',
    ],
    [
      'a job on the line of its key',
      '? jobs\n: a: {command: x}\n',
      remove('a'),
      'it begins in the middle of a line',
    ],
    ['no such job', 'version: 1\njobs: {}\n', remove('a'), 'it has no job "a" of its own'],
    [
      'a job that is another one',
      'jobs:\n  a: &a {command: x}\n  b: *a\n',
      set('b', { timeout: '5s' }),
      'the job "b" is an alias of another one',
    ],
    [
      'a job that is a word',
      'jobs:\n  a: x\n',
      set('a', { timeout: '5s' }),
      'the job is not a map',
    ],
    [
      'a job in braces to be replaced as text',
      flow,
      { kind: 'replace', name: 'a', text: 'a:\n  command: y\n' },
      'its jobs are written in braces',
    ],
  ])('%s', (_, text, edit, problem) => {
    expect(edited(text, edit)).toBe(`refused: ${problem}`);
  });

  it('gives no text of a job that has none of its own', () => {
    expect(jobText(flow, 'a')).toBeNull();
    expect(jobText('\ufeffversion: 1\n', 'a')).toBeNull();
  });
});

describe('a text in an unusual form', () => {
  it.each<[string, string, ManifestEdit, string]>([
    [
      'several fields for a job that has none yet',
      'jobs: {a: {}}\n',
      set('a', { command: 'x', timeout: '5s' }),
      'jobs: {a: {command: x, timeout: 5s}}\n',
    ],
    [
      'a field behind a comma',
      'jobs:\n  a: {command: x,}\n',
      set('a', { suspend: true }),
      'jobs:\n  a: {command: x, suspend: true,}\n',
    ],
    [
      'a field in braces that has no value yet',
      'jobs:\n  a: {command: x, timeout}\n',
      set('a', { suspend: true }),
      'jobs:\n  a: {command: x, timeout, suspend: true}\n',
    ],
    [
      'a field that is nothing',
      'jobs:\n  a:\n    command: x\n    timeout:\n',
      set('a', { timeout: '5s' }),
      'jobs:\n  a:\n    command: x\n    timeout: 5s\n',
    ],
    [
      'a value with a tag',
      'jobs:\n  a:\n    command: !!str x\n',
      set('a', { command: 'y' }),
      'jobs:\n  a:\n    command: y\n',
    ],
    [
      'a list of lines',
      'jobs:\n  a:\n    command:\n      - x\n      - y\n    timeout: 5s\n',
      set('a', { command: 'z' }),
      'jobs:\n  a:\n    command: z\n    timeout: 5s\n',
    ],
    ['a first job in JSON', '{}', add('a', { command: 'y' }), '{"jobs": {"a":{"command":"y"}}}'],
    [
      'a job behind one that is nothing',
      'jobs:\n  a:\n',
      add('b', { command: 'y' }),
      'jobs:\n  a:\n  b:\n    command: y\n',
    ],
    [
      'a name in quotes',
      'jobs:\n  "a": {command: x}\n',
      { kind: 'rename', name: 'a', to: 'b' },
      'jobs:\n  "b": {command: x}\n',
    ],
  ])('%s', (_, before, edit, after) => {
    expect(edited(before, edit)).toBe(after);
  });
});

describe('a map at the top', () => {
  const declare: ManifestEdit = {
    kind: 'declare',
    section: 'calendars',
    name: 'off',
    value: { dates: ['12-25'] },
  };
  const jobs = 'jobs:\n  a: {command: x}\n';

  it.each([
    [
      'that is not there yet, before the jobs and what is said of them',
      `version: 1\n# Ours.\n${jobs}`,
      `version: 1\ncalendars:\n  off: {dates: [12-25]}\n# Ours.\n${jobs}`,
    ],
    [
      'that has entries, behind them',
      `version: 1\ncalendars:\n  we: {weekdays: [sat]}\n\n${jobs}`,
      `version: 1\ncalendars:\n  we: {weekdays: [sat]}\n  off: {dates: [12-25]}\n\n${jobs}`,
    ],
    [
      'in braces',
      `version: 1\ncalendars: {we: {weekdays: [sat]}}\n${jobs}`,
      `version: 1\ncalendars: {we: {weekdays: [sat]}, off: {dates: [12-25]}}\n${jobs}`,
    ],
    [
      'of a file in JSON',
      '{"version": 1, "jobs": {"a": {"command": "x"}}}\n',
      '{"version": 1, "jobs": {"a": {"command": "x"}}, "calendars": {"off":{"dates":["12-25"]}}}\n',
    ],
    [
      'with an entry of that name, which is replaced',
      `version: 1\ncalendars:\n  off: {dates: [01-01]} # ours\n${jobs}`,
      `version: 1\ncalendars:\n  off: {dates: [12-25]} # ours\n${jobs}`,
    ],
  ])('%s', (_, before, after) => {
    expect(edited(before, declare)).toBe(after);
  });

  it.each([
    ['an alias', 'x: &x {}\ncalendars: *x\njobs: {}\n', 'its `calendars` is an alias'],
    ['no map', 'calendars: 7\njobs: {}\n', 'its `calendars` is not a map'],
    ['without jobs', 'version: 1\n', 'it has no `jobs`'],
  ])('that is %s is left alone', (_, text, problem) => {
    expect(editManifest(text, declare)).toEqual({ ok: false, problem });
  });
});

describe('a job that comes under a name that is said to be removed', () => {
  const shop = (removed: string) => `version: 1
${removed}
jobs:
  ping:
    command: ping

# The end.
`;
  const hourlyText = '\n  hourly:\n    schedule: "0 * * * *"\n    command: echo hi\n';
  const withHourly = shop('').replace('    command: ping\n', `    command: ping\n${hourlyText}`);

  it.each([
    [
      'its entry goes with its comment, the others stay',
      'removed:\n  old: {reason: sold}\n  # by nobody\n  hourly:\n    reason: unused\n',
      'removed:\n  old: {reason: sold}\n',
    ],
    ['the last entry takes the section with it', '\nremoved:\n  hourly: {reason: x}\n', ''],
    ['so it does in braces', '\nremoved: {hourly: {reason: x}}\n', ''],
    [
      'in braces the others stay',
      'removed: {hourly: {reason: x}, old: {reason: y}}\n',
      'removed: {old: {reason: y}}\n',
    ],
  ])('%s', (_, before, after) => {
    expect(edited(shop(before), hourly)).toBe(withHourly.replace('\n\n', `\n${after}\n`));
  });

  it('also behind the jobs, right below the new one', () => {
    const text = 'version: 1\njobs:\n  ping: {command: ping}\n\nremoved:\n  hourly: {reason: x}\n';
    expect(edited(text, hourly)).toBe(`version: 1\njobs:\n  ping: {command: ping}${hourlyText}`);
  });

  it('and one that gets the name, in a manifest written in braces', () => {
    const text = '{version: 1, removed: {b: {reason: x}}, jobs: {a: {command: y}}}\n';
    const rename = { kind: 'rename', name: 'a', to: 'b' } as const;
    expect(edited(text, rename)).toBe('{version: 1, jobs: {b: {command: y}}}\n');
  });

  it('not where something else refers to the entry, nor where there is none', () => {
    const held = shop('removed:\n  hourly: &why {reason: x}\n  old: *why\n');
    expect(edited(held, hourly)).toMatch(/^refused: `removed` holds the anchor "&why"/);
    expect(edited(shop('removed: none\n'), hourly)).toContain('removed: none\n');
  });
});
