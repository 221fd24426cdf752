// A plan that is kept: applied as it was reviewed, or not at all.
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlanFile, type PlanFile } from '../../src/api/plan-file.ts';
import { sha256 } from '../../src/system/digest.ts';
import { aProject, eventually, type Project } from '../support/cli.ts';

const base = `version: 1
jobs:
  backup: {schedule: "0 3 * * *", command: "true"}
  report: {schedule: "0 5 * * *", command: "true"}
`;
const later = base.replace('0 3', '0 4');

let project: Project;
const file = (name: string) => join(project.dir, name);
const revision = async () => {
  const { data } = (await project.call(['status', '--json'])).json();
  return (data['revision'] as { applied: number }).applied;
};
const keep = async (text: string, name: string, ...more: string[]) => {
  await writeFile(file('proposal.yaml'), text);
  const kept = await project.call(['plan', 'proposal.yaml', '--out', name, ...more]);
  expect(kept.code).toBe(0);
  return kept;
};
const back = async () => {
  await writeFile(file('jobs.yaml'), `${base}# ${Math.random()}\n`);
  expect((await project.call(['apply', '--auto-approve'])).code).toBe(0);
};

beforeAll(async () => {
  project = await aProject(base);
  expect((await project.call(['start'])).code).toBe(0);
});
afterAll(() => project.cleanUp());

describe('a kept plan', () => {
  it('is applied as it was, whatever the file says; the file then waits', async () => {
    const kept = await keep(later, 'a.jm2plan', '--expires', '2h');
    expect(kept.stderr).toContain('kept in a.jm2plan, good until');
    expect((await stat(file('a.jm2plan'))).mode & 0o777).toBe(0o600);
    const shown = (await project.call(['show', 'a.jm2plan', '--json'])).json().data;
    expect(shown['standing']).toBe('ready');

    const applied = await project.call(['apply', 'a.jm2plan', '--reason', 'reviewed', '--json']);
    expect([applied.code, applied.json().data['applied']]).toEqual([0, true]);
    const { data } = (await project.call(['status', '--json'])).json();
    expect(data['sync']).toMatchObject({
      state: 'pending',
      because: 'held',
      hold: { cause: 'plan_file', reason: 'reviewed', jobs: ['backup'] },
    });
    const inForce = (await project.call(['plan', 'proposal.yaml', '--json'])).json().data;
    expect(inForce['changes']).toEqual([]);

    const audit = await project.call(['audit', '--action', 'manifest', '--limit', '1', '--json']);
    const { digest, plan } = JSON.parse(await readFile(file('a.jm2plan'), 'utf8')) as PlanFile;
    expect(audit.json().data['entries']).toMatchObject([
      { facts: { planId: digest, impactDigest: plan.impactDigest, reason: 'reviewed' } },
    ]);
    const again = await project.call(['apply', 'a.jm2plan']);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('is in force')]);
    expect((await project.call(['show', 'a.jm2plan'])).stdout).toContain('it is in force');
    await back();
  });

  it('made before another revision came is rebased when nothing it changes is different', async () => {
    await keep(later, 'b.jm2plan');
    await keep(base.replace('0 5', '0 6'), 'detour.jm2plan');
    expect((await project.call(['apply', 'detour.jm2plan'])).code).toBe(0);
    const stale = await project.call(['apply', 'b.jm2plan', '--json']);
    expect([stale.code, stale.json().error?.code]).toEqual([4, 'JM2-P218']);
    expect(stale.json().error?.detail).toContain('not planned: update report');
    await back();
    const strict = await project.call(['apply', 'b.jm2plan', '--no-rebase']);
    // The state is the same again, so that nothing had to be rebased.
    expect(strict.code).toBe(0);
    await back();
  });

  it('refuses a hazard that nobody has seen, until somebody has', async () => {
    const without = base.replace(/ {2}report.*\n/, '');
    await writeFile(
      file('jobs.yaml'),
      base.replace('0 5 * * *", command: "true"', '0 5 * * *", command: "sleep 30"'),
    );
    expect((await project.call(['apply', '--auto-approve'])).code).toBe(0);
    await keep(without, 'c.jm2plan');
    await project.call(['run', 'report']);
    const refused = await project.call(['apply', 'c.jm2plan']);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('JM2-P219')]);
    expect(refused.stderr).toContain('--accept-hazard removes_running:report');
    const accepted = await project.call([
      'apply',
      'c.jm2plan',
      '--accept-hazard',
      'removes_running:report',
    ]);
    expect(accepted.code).toBe(0);
    await project.call(['cancel', 'report', '--yes']);
    await back();
  });

  it('made with other time-zone data is applied where these give the same times, and refused otherwise', async () => {
    await keep(later, 'z.jm2plan');
    const {
      digest: _,
      format: __,
      ...kept
    } = JSON.parse(await readFile(file('z.jm2plan'), 'utf8')) as PlanFile;
    const [change] = kept.plan.changes;
    if (change === undefined) throw new Error('no change');
    const made = (changes: readonly (typeof change)[]) =>
      JSON.stringify(
        makePlanFile({ ...kept, plan: { ...kept.plan, changes, timezoneData: '1999a' } }, sha256),
      );
    const nextRun = { ...change.impact.nextRun, after: '2099-01-01T05:00:00.000Z' };
    await writeFile(
      file('other.jm2plan'),
      made([{ ...change, impact: { ...change.impact, nextRun } }]),
    );
    await writeFile(file('same.jm2plan'), made([change]));
    const refused = await project.call(['apply', 'other.jm2plan']);
    expect([refused.code, refused.stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      4,
      expect.stringMatching(/JM2-P218.*data 1999a; by .* other times than planned: backup/),
    ]);
    expect((await project.call(['apply', 'same.jm2plan'])).code).toBe(0);
    await back();
  });

  it('loses to one that was quicker: of two at once exactly one wins', async () => {
    await keep(later, 'd.jm2plan');
    await keep(base.replace('0 3', '0 2'), 'e.jm2plan');
    const ends = await Promise.all(
      ['d.jm2plan', 'e.jm2plan'].map((name) => project.call(['apply', name])),
    );
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([0, 4]));
    await back();
  });
});

describe('what was approved', () => {
  it('is what is applied after a merge, or nothing is', async () => {
    await keep(later, 'f.jm2plan');
    const { data } = (await project.call(['show', 'f.jm2plan', '--json'])).json();
    const { impactDigest } = (data['file'] as { plan: { impactDigest: string } }).plan;
    await writeFile(file('jobs.yaml'), base.replace('0 3', '0 2'));
    const before = await revision();
    // The watcher may take the file first; then there is nothing left that could be approved.
    const other = await project.call(['apply', '--auto-approve', '--expect-impact', impactDigest]);
    const named = await project.call(['apply', '--auto-approve', '--approved', 'f.jm2plan']);
    expect([other.code, named.code]).toEqual([4, 4]);
    expect(named.stderr).toContain('JM2-P212');
    expect(before).toBeGreaterThan(0);
    await back();
  });
});

describe('an impact that was approved', () => {
  it('is what it is where the watcher was quicker, which is recorded with the revision', async () => {
    await keep(later, 'h.jm2plan');
    const plan = (await project.call(['plan', 'proposal.yaml', '--json'])).json().data;
    const digest = String(plan['impactDigest']);
    const before = await revision();
    await writeFile(file('jobs.yaml'), later);
    await eventually(async () => (await revision()) > before || null, 'the watcher');
    const words = ['apply', '--auto-approve', '--confirm-within', '1h'];
    for (const approval of [
      ['--expect-impact', digest, '--reason', 'PR 7'],
      ['--approved', 'h.jm2plan'],
    ]) {
      const { code, stderr } = await project.call([...words, ...approval]);
      expect([code, stderr]).toEqual([0, expect.stringContaining('What was approved is in force')]);
      expect(stderr).toContain('not on trial');
    }
    const audit = await project.call(['audit', '--action', 'manifest', '--limit', '3', '--json']);
    expect(audit.json().data['entries']).toMatchObject([
      {
        action: 'manifest.approved',
        facts: { planId: expect.stringMatching(/^p1:/), impactDigest: digest },
      },
      { action: 'manifest.approved', facts: { impactDigest: digest, reason: 'PR 7' } },
      { action: 'manifest.applied', actor: 'watcher' },
    ]);
    await back();
  });

  it('does not cover a run that began since, until it is accepted', async () => {
    const slow = base.replace('0 5 * * *", command: "true"', '0 5 * * *", command: "sleep 30"');
    const without = base.replace(/ {2}report.*\n/, '');
    await project.call(['sync', 'hold', '--reason', 'the test applies']);
    await writeFile(file('jobs.yaml'), slow);
    expect((await project.call(['apply', '--auto-approve'])).code).toBe(0);
    await keep(without, 'g.jm2plan');
    await writeFile(file('jobs.yaml'), without);
    const plan = (await project.call(['plan', '--json'])).json().data;
    const digest = String(plan['impactDigest']);
    await project.call(['run', 'report']);
    const words = ['apply', '--auto-approve'];
    for (const approval of [
      ['--expect-impact', digest],
      ['--approved', 'g.jm2plan'],
    ]) {
      const { code, stderr } = await project.call([...words, ...approval]);
      expect([code, stderr]).toEqual([5, expect.stringContaining('removes_running:report')]);
    }
    const accept = ['--accept-hazard', 'removes_running:report'];
    expect((await project.call([...words, ...accept])).code).toBe(64);
    const accepted = await project.call([...words, '--expect-impact', digest, ...accept]);
    expect([accepted.code, accepted.stderr]).toEqual([0, expect.stringContaining('was approved')]);
    await project.call(['cancel', 'report', '--yes']);
    await project.call(['sync', 'resume']);
    await back();
  });
});

describe('a plan file that is none', () => {
  it('is refused, and nothing changes', async () => {
    await keep(later, 'whole.jm2plan');
    const text = await readFile(file('whole.jm2plan'), 'utf8');
    await mkdir(file('dir.jm2plan'));
    const contents: Record<string, string> = {
      'cut.jm2plan': text.slice(0, -200),
      'edited.jm2plan': text.replace('0 4 * * *', '0 9 * * *'),
      'newer.jm2plan': text.replace('jm2plan/1', 'jm2plan/2'),
      'empty.jm2plan': '',
      'json.jm2plan': '{"a":1}',
      'yaml.jm2plan': base,
    };
    for (const [name, content] of Object.entries(contents)) await writeFile(file(name), content);
    const words: Record<string, string> = {
      'cut.jm2plan': 'it was cut short',
      'edited.jm2plan': 'somebody changed it',
      'newer.jm2plan': 'a newer jm2',
      'empty.jm2plan': 'no plan',
      'json.jm2plan': 'no plan',
      'yaml.jm2plan': 'no plan',
      'dir.jm2plan': 'is no file',
      'absent.jm2plan': 'cannot be read',
    };
    const before = await revision();
    for (const [name, expected] of Object.entries(words)) {
      const refused = await project.call(['apply', name]);
      expect([name, refused.code, refused.stderr.includes('JM2-P213')]).toEqual([name, 1, true]);
      expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(expected);
    }
    expect(await revision()).toBe(before);
  });

  it('that has expired can be read, but not applied', async () => {
    await keep(later, 'old.jm2plan', '--expires', '1ms');
    expect((await project.call(['show', 'old.jm2plan'])).stdout).toContain('it has expired');
    const refused = await project.call(['apply', 'old.jm2plan']);
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('JM2-P217')]);
  });

  it('is not written with a secret in it, nor where it cannot be', async () => {
    await writeFile(
      file('proposal.yaml'),
      base.replace('command', 'env: {TOKEN: abcdef123456}, command'),
    );
    const secret = await project.call(['plan', 'proposal.yaml', '--out', 's.jm2plan']);
    expect([secret.code, secret.stderr]).toEqual([5, expect.stringContaining('JM2-P214')]);
    await chmod(project.dir, 0o700);
    const nowhere = await project.call(['plan', '--out', 'no/such.jm2plan']);
    expect(nowhere.stderr).toContain('JM2-C107');
    for (const wrong of [
      ['plan', '--expires', '1h'],
      ['plan', '--against', 'jobs.yaml', '--out', 'x.jm2plan'],
      ['apply', '--no-rebase'],
      ['apply', 'whole.jm2plan', '--expect-impact', 'i1:0'],
    ]) {
      expect((await project.call(wrong)).code).toBe(64);
    }
  });
});
