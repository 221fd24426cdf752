// What stands between a change of the manifest and jobs that would go with it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aProject, type Project } from '../support/cli.ts';

const job = (name: string, more = '') =>
  `  ${name}: {schedule: "0 3 * * *", command: "true"${more}}\n`;
const numbered = (count: number) => Array.from({ length: count }, (_, at) => job(`job-${at}`));
const manifest = (jobs: readonly string[], top = '') =>
  `version: 1\n${top}jobs:${jobs.length === 0 ? ' {}' : `\n${jobs.join('')}`}\n`;

let project: Project;
const save = (text: string) => writeFile(join(project.dir, 'jobs.yaml'), text);
const status = async () => (await project.call(['status', '--json'])).json().data;
const sync = async () => (await status())['sync'] as Record<string, unknown>;
const names = async () => {
  const { data } = (await project.call(['list', '--json'])).json();
  return (data['jobs'] as { name: string; orphaned: unknown }[]).map(
    ({ name, orphaned }) => `${name}${orphaned === null ? '' : ' orphaned'}`,
  );
};
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 100 });
const inForce = async (text: string) => {
  await save(text);
  const { code, stderr } = await project.call(['apply', '--auto-approve', '--reason', 'test']);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
};

beforeAll(async () => {
  project = await aProject(manifest(numbered(8)));
  expect((await project.call(['start'])).code).toBe(0);
});
afterAll(() => project.cleanUp());

describe('many removals at once', () => {
  it('run on and are marked, while every other change comes into force', async () => {
    await save(manifest([...numbered(3), job('new')]));
    await until(async () =>
      expect(await sync()).toMatchObject({ state: 'pending', because: 'shrink' }),
    );
    expect(await names()).toEqual([
      'job-0',
      'job-1',
      'job-2',
      ...['job-3', 'job-4', 'job-5', 'job-6', 'job-7'].map((name) => `${name} orphaned`),
      'new',
    ]);
    const table = await project.call(['list']);
    expect(table.stdout).toContain('scheduled, orphaned');
    expect((await project.call(['status'])).stdout).toMatch(/job-3, .* run on until jm2 apply/);
    expect((await project.call(['plan'])).stdout).toContain('! guard shrink');
    expect((await project.call(['show', 'job-7'])).stdout).toContain('not in the manifest since');
    const edit = await project.call(['edit', 'new', '--timeout', '9s', '--yes', '--json']);
    expect([edit.code, edit.json().error?.code]).toEqual([5, 'JM2-P203']);
    expect(edit.json().error?.detail).toMatch(/lost 5 jobs .*: job-3, .* they run on/);
    expect(await readFile(project.manifest, 'utf8')).not.toContain('9s');
  });

  it('go with sync confirm-prune, once a person says so, and with nothing else', async () => {
    const unasked = await project.call(['sync', 'confirm-prune', '--json']);
    expect([unasked.code, unasked.json().error?.code]).toEqual([5, 'JM2-P208']);
    expect((await project.call(['sync'])).stdout).toMatch(/removed +5 that run on until jm2 sync/);
    expect((await project.call(['sync', 'resume', '--yes'])).code).toBe(64);
    const gone = await project.call(['sync', 'confirm-prune', '--yes']);
    expect([gone.code, gone.stdout]).toEqual([0, expect.stringContaining('- job-7')]);
    const again = await project.call(['sync', 'confirm-prune', '--yes']);
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('No removed job')]);
    expect(await names()).toEqual(['job-0', 'job-1', 'job-2', 'new']);
    expect(await sync()).toMatchObject({ state: 'synced', orphaned: [] });
  });
});

describe('a protected job', () => {
  it('runs on when its block is dropped, until it is named', async () => {
    await inForce(manifest([job('billing', ', protect: true'), job('a')]));
    await save(manifest([job('b')]));
    await until(async () => expect(await sync()).toMatchObject({ because: 'protected' }));
    expect(await names()).toEqual(['b', 'billing orphaned']);
    const plan = await project.call(['plan']);
    expect(plan.stdout).toMatch(/= billing +runs on +not in the manifest, but protected/);

    const refused = await project.call(['apply', '--auto-approve', '--json']);
    expect([refused.code, refused.json().error?.code]).toEqual([5, 'JM2-P220']);
    const named = ['apply', '--auto-approve', '--allow-remove', 'billing', '--json'];
    expect((await project.call(named)).code).toBe(0);
    expect(await names()).toEqual(['b']);
  });

  it('goes with an entry under removed', async () => {
    await inForce(manifest([job('billing', ', protect: true'), job('b')]));
    await save(manifest([job('b')], 'removed: {billing: {reason: sold}}\n'));
    await until(async () => expect(await names()).toEqual(['b']));
    expect(await sync()).toMatchObject({ state: 'synced' });
  });
});

describe('an apply on trial', () => {
  let manual: Project;
  beforeAll(async () => {
    manual = await aProject(manifest([job('a')]));
    expect((await manual.call(['start', '--sync', 'manual'])).code).toBe(0);
    expect((await manual.call(['apply', '--auto-approve'])).code).toBe(0);
  });
  afterAll(() => manual.cleanUp());
  const jobs = async () => {
    const { data } = (await manual.call(['list', '--json'])).json();
    return (data['jobs'] as { name: string }[]).map(({ name }) => name);
  };
  const change = (text: string) => writeFile(join(manual.dir, 'jobs.yaml'), text);

  it('goes back by itself, and tells a word that comes too late', async () => {
    await change(manifest([job('b')]));
    const applied = await manual.call(['apply', '--auto-approve', '--confirm-within', '5s']);
    expect(applied.stderr).toMatch(/revision 2 by .* waits for jm2 confirm until .* or revision 1/);
    expect((await manual.call(['status'])).stdout).toContain('or revision 1 comes back');
    expect((await manual.call(['plan'])).stderr).toContain('waits for jm2 confirm until');
    await until(async () => expect(await jobs()).toEqual(['a']));
    const late = await manual.call(['confirm', '--json']);
    expect([late.code, late.json().error?.code]).toEqual([7, 'JM2-P222']);
    const { data } = (await manual.call(['status', '--json'])).json();
    expect(data['sync']).toMatchObject({ confirmation: null, hold: { cause: 'taken_back' } });
  });

  it('stays when it is confirmed', async () => {
    const again = ['apply', '--auto-approve', '--confirm-within', '10m', '--json'];
    const { data } = (await manual.call(again)).json();
    expect(data['confirmation']).toMatchObject({ revision: 4, returnsTo: 3 });
    const word = await manual.call(['confirm', '--reason', 'night went well']);
    expect(word.stdout).toContain('revision 4 stays in force');
    const said = await manual.call(['audit', '--action', 'apply', '--limit', '1']);
    expect(said.stdout).toMatch(/apply\.confirmed +revision 4 +"night went well"/);
    expect((await manual.call(['confirm'])).code).toBe(4);
    expect(await jobs()).toEqual(['b']);
  });

  it('stays by itself once each job that it changes has succeeded', async () => {
    const trial = ['apply', '--auto-approve', '--confirm-within', '10m'];
    const both = [...trial, '--confirm-when', 'succeeded', '--json'];
    expect((await manual.call(['apply', '--confirm-when', 'succeeded'])).code).toBe(64);
    const every = (name: string, text: string) =>
      `  ${name}: {schedule: every 1s, command: "${text}"}\n`;
    await change(manifest([every('b', 'true'), every('c', 'test -e go')]));
    const { data } = (await manual.call(both)).json();
    expect(data['confirmation']).toMatchObject({ awaits: ['b', 'c'] });
    await until(async () => {
      const { stdout } = await manual.call(['history', 'b', 'c', '--limit', '9']);
      expect(stdout).toMatch(/ c +failed/);
      expect(stdout).toMatch(/ b +succeeded/);
    });
    expect((await manual.call(['status'])).stdout).toContain('a success of each of b, c, until');
    // What is changed again has to prove itself again.
    await change(manifest([every('b', 'test -e again'), every('c', 'test -e go')]));
    await manual.call(['apply', '--auto-approve']);
    await writeFile(join(manual.dir, 'go'), '');
    await until(async () => {
      const { stdout } = await manual.call(['history', 'b', 'c', '--limit', '4']);
      expect(stdout).toMatch(/ c +succeeded/);
      expect(stdout).toMatch(/ b +failed/);
    });
    const still = (await manual.call(['status', '--json'])).json().data;
    expect(still['sync']).toMatchObject({ confirmation: { awaits: ['b', 'c'] } });
    await writeFile(join(manual.dir, 'again'), '');
    await until(async () => {
      const status = (await manual.call(['status', '--json'])).json().data;
      expect(status['sync']).toMatchObject({ confirmation: null, hold: null });
    });
    const said = await manual.call(['audit', '--action', 'apply', '--limit', '1']);
    expect(said.stdout).toMatch(/apply\.confirmed .*"each changed job has succeeded"/);
    await change(manifest([job('b')]));
    await manual.call(['apply', '--auto-approve']);
  });

  it('stays when its job succeeded in time while no daemon ran', async () => {
    await change(manifest([job('b'), '  slow: {schedule: every 1h, command: sleep 0.7}\n']));
    const trial = ['apply', '--auto-approve', '--confirm-within', '3s'];
    await manual.call([...trial, '--confirm-when', 'succeeded']);
    const deadline = Date.now() + 3_000;
    expect((await manual.call(['run', 'slow'])).code).toBe(0);
    const { daemon } = (await manual.call(['status', '--json'])).json().data as {
      daemon: { pid: number };
    };
    process.kill(daemon.pid, 'SIGKILL');
    await until(async () => expect(Date.now()).toBeGreaterThan(deadline));
    await manual.call(['start', '--sync', 'manual']);
    await until(async () => {
      const said = await manual.call(['audit', '--action', 'apply', '--limit', '1']);
      expect(said.stdout).toMatch(/apply\.confirmed/);
    });
    expect(await jobs()).toEqual(['b', 'slow']);
    await change(manifest([job('b')]));
    await manual.call(['apply', '--auto-approve']);
  });

  it('can wait until no job that it changes runs', async () => {
    await change(manifest(['  b: {command: sleep 60}\n']));
    expect((await manual.call(['apply', '--auto-approve'])).code).toBe(0);
    const { data } = (await manual.call(['run', 'b', '--json'])).json();
    await change(manifest(['  b: {command: sleep 61}\n']));
    const idle = (timeout: string) =>
      manual.call(['apply', '--auto-approve', '--when', 'idle', '--timeout', timeout, '--json']);
    const refused = await idle('1s');
    expect([refused.code, refused.json().error?.code]).toEqual([6, 'JM2-P225']);
    const waiting = idle('30s');
    const { id } = data['run'] as { id: string };
    await manual.call(['cancel', id]);
    expect((await waiting).code).toBe(0);
  });

  it('can wait for a time', async () => {
    await change(manifest([job('c')]));
    const at = new Date(Date.now() + 1_000).toISOString();
    const later = await manual.call([
      'apply',
      '--auto-approve',
      '--when',
      `after:${at}`,
      '--format',
      'jsonl',
    ]);
    expect([later.code, await jobs()]).toEqual([0, ['c']]);
    const lines = later.stdout.trimEnd().split('\n');
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.slice(1, 4)).toEqual(['plan_summary', 'waiting', 'apply_start']);
    expect(lines[2]).toContain(`"until":"${at}"`);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(at));
    expect((await manual.call(['apply', '--when', 'later'])).code).toBe(64);
  });

  it('of all but a protected job leaves the manifest pending, and says so', async () => {
    await change(manifest([job('billing', ', protect: true'), job('c')]));
    await manual.call(['apply', '--auto-approve']);
    await change(manifest([job('d')]));
    const rest = await manual.call(['apply', '--auto-approve']);
    expect([rest.code, rest.stdout]).toEqual([
      0,
      expect.stringContaining('1 protected job runs on'),
    ]);
    const { data } = (await manual.call(['status', '--json'])).json();
    expect(data['sync']).toMatchObject({ state: 'pending', because: 'protected' });
    expect(await jobs()).toEqual(['billing', 'd']);
  });
});

describe('a removed job', () => {
  const text = `version: 1
jobs:
  keep: {command: "true"}
  # Nightly, for the books.
  dump:
    schedule: "0 3 * * *"
    command: "true"   # all of it
`;
  const revisionOf = async () =>
    ((await status())['revision'] as { readonly applied: number }).applied;

  it('comes back as it was written, with its history and its pause', async () => {
    await inForce(text);
    expect((await project.call(['run', 'dump', '--wait'])).code).toBe(0);
    expect((await project.call(['pause', 'dump', '--reason', 'disk swap'])).code).toBe(0);
    expect((await project.call(['remove', 'dump', '--yes'])).code).toBe(0);
    const listed = await project.call(['undelete']);
    expect(listed.stdout).toMatch(/dump .*cli \(/);
    const snippet = await project.call(['undelete', 'dump', '--snippet']);
    expect(snippet.stdout).toContain('  # Nightly, for the books.\n  dump:\n');
    expect((await project.call(['undelete', 'dump', '--dry-run'])).stdout).toContain(
      'it was removed and comes back with its history',
    );

    expect((await project.call(['undelete', 'dump', '--yes'])).code).toBe(0);
    expect(await readFile(join(project.dir, 'jobs.yaml'), 'utf8')).toBe(text);
    const { data } = (await project.call(['history', 'dump', '--json'])).json();
    expect(data['runs']).toHaveLength(1);
    const shown = (await project.call(['show', 'dump', '--json'])).json().data;
    expect(shown).toMatchObject({ state: 'paused', pause: { reason: 'disk swap' } });
    const gone = await project.call(['undelete', 'dump', '--json']);
    expect([gone.code, gone.json().error?.code]).toEqual([1, 'JM2-P226']);
  });

  it('that is named under removed comes back all the same, and the entry goes', async () => {
    const gone = `version: 1\nremoved:\n  dump: {reason: unused}\njobs:\n  keep: {command: "true"}\n`;
    await inForce(gone);
    const back = await project.call(['undelete', 'dump', '--yes']);
    expect([back.code, back.code === 0 ? '' : back.stderr]).toEqual([0, '']);
    const written = await readFile(join(project.dir, 'jobs.yaml'), 'utf8');
    expect(written).not.toContain('removed:');
    expect(await names()).toEqual(['dump', 'keep']);
  });

  it('that a plan brings back is restored, and starts nothing', async () => {
    await inForce('version: 1\njobs: {keep: {command: "true"}}\n');
    const before = await revisionOf();
    await writeFile(join(project.dir, 'again.yaml'), text);
    const { data } = (await project.call(['plan', 'again.yaml', '--json'])).json();
    expect(data['changes']).toMatchObject([
      { job: 'dump', action: 'create', reason: 'restored', impact: { catchUpRuns: 0 } },
    ]);
    await inForce(text);
    expect(await revisionOf()).toBe(before + 1);
    const runs = (await project.call(['history', 'dump', '--json'])).json().data['runs'];
    expect(runs).toHaveLength(1);
  });
});

describe('a job under another name', () => {
  it('is asked about, and its history goes with it once renamed_from is written', async () => {
    const command = (name: string) => `version: 1\njobs:\n  ${name}: {command: "true # nightly"}\n`;
    await inForce(command('nightly'));
    expect((await project.call(['run', 'nightly', '--wait'])).code).toBe(0);
    // Held, so that the watcher leaves it to the commands.
    expect((await project.call(['sync', 'hold', '--reason', 'test'])).code).toBe(0);
    await save(command('renamed'));
    const plan = await project.call(['plan']);
    expect(plan.stdout).toContain('! looks_like_rename (medium)');
    const blind = await project.call(['apply', '--auto-approve', '--json']);
    expect([blind.code, blind.json().error?.code]).toEqual([5, 'JM2-P227']);

    const written = await project.call(['plan', '--write-renames']);
    expect(written.stderr).toContain('renamed was renamed from nightly');
    expect(written.stdout).toContain('renamed ← nightly');
    expect((await project.call(['apply', '--auto-approve'])).code).toBe(0);
    const { data } = (await project.call(['history', 'renamed', '--json'])).json();
    expect(data['runs']).toHaveLength(1);

    expect((await project.call(['validate'])).stderr).toContain(
      'renamed_from of renamed has been carried out here: jm2 fmt --prune-renames',
    );
    expect((await project.call(['fmt', 'jobs.yaml', '--prune-renames'])).code).toBe(64);
    const pruned = await project.call(['fmt', '--prune-renames', '--json']);
    expect(pruned.json().data['pruned']).toEqual([{ job: 'renamed', from: ['nightly'] }]);
    expect(await readFile(join(project.dir, 'jobs.yaml'), 'utf8')).not.toContain('renamed_from');
    const same = await project.call(['plan', '--detailed-exitcode']);
    expect(same.code).toBe(0);
    expect((await project.call(['validate'])).stderr).toBe('');

    await save(command('third').replace('{', '{renamed_from: secodn, '));
    expect((await project.call(['validate'])).stderr).toContain(
      'renamed_from of third names nobody who is, or was, in force here',
    );
    expect((await project.call(['plan'])).stdout).toContain('! identity_reset (low)');
    await save(command('third'));
    const apply = ['apply', '--auto-approve', '--no-rename-guard'];
    expect((await project.call(apply)).code).toBe(0);
    expect(await names()).toEqual(['third']);
    expect((await project.call(['sync', 'resume'])).code).toBe(0);
  });
});
