import { expect, it } from 'vitest';
import { blameFields } from '../../src/core/sync/blame.ts';
import { parseLineAuthors } from '../../src/core/sync/line-authors.ts';
import { cron } from './plan/plan-states.ts';
import { aJob } from '../support/store-records.ts';

const spec = (revision: number, changes: Parameters<typeof aJob>[1]) => ({
  revision,
  at: revision * 1000,
  by: `person ${revision}`,
  job: aJob('dump', changes),
});

it('each value comes from the revision that gave it last', () => {
  const fields = blameFields([
    spec(1, { timeoutMs: 60_000, owner: 'ops' }),
    spec(2, { timeoutMs: 90_000, owner: 'ops' }),
    spec(5, { timeoutMs: 90_000, owner: 'ops', description: 'at night' }),
  ]);
  const of = (path: string) => fields.find((field) => field.path === path);
  expect(of('/timeout')).toMatchObject({ revision: 2, by: 'person 2' });
  expect(of('/owner')).toMatchObject({ value: 'ops', revision: 1 });
  expect(of('/description')).toMatchObject({ revision: 5 });
});

it('a value that went and came back has the revision that brought it back', () => {
  const specs = [spec(1, { owner: 'ops' }), spec(2, {}), spec(3, { owner: 'ops' })];
  expect(blameFields(specs).find(({ path }) => path === '/owner')?.revision).toBe(3);
});

it('the days of a calendar come from the revision that changed them, else from that of the rule', () => {
  const going = (days: readonly string[]) => {
    const closed = { name: 'closed', days };
    const calendar = {
      except: [closed],
      only: [{ name: 'work', days: ['mon'] }],
      roll: 'skip',
    } as const;
    return { schedules: [cron('0 3 * * *', { calendar })] };
  };
  const fields = blameFields([
    spec(1, { schedules: [cron('0 3 * * *')] }),
    spec(2, going(['2026-12-25'])),
    spec(4, going(['2026-12-25', '2026-12-26'])),
    spec(5, { ...going(['2026-12-25', '2026-12-26']), owner: 'ops' }),
  ]);
  const calendars = fields.filter(({ path }) => path.startsWith('/calendars/'));
  expect(calendars.map(({ path, value, revision }) => [path, value, revision])).toEqual([
    ['/calendars/closed', '2 entries', 4],
    ['/calendars/work', '1 entry', 2],
  ]);
});

it('reads which commit wrote each line, and leaves out what is in none', () => {
  const [a, none] = ['a'.repeat(40), '0'.repeat(40)];
  const said = [
    `${a} 1 1 2`,
    'author Ann Lee',
    'author-time 1700000000',
    'summary Earlier at night',
    'filename jobs.yaml',
    '\tversion: 1',
    `${a} 2 2`,
    '\tauthor Nobody',
    `${none} 3 3 1`,
    'author Not Committed Yet',
    '\tnew',
  ].join('\n');
  const ann = { commit: a, author: 'Ann Lee', at: 1_700_000_000_000, summary: 'Earlier at night' };
  expect([...parseLineAuthors(said)]).toEqual([
    [1, ann],
    [2, ann],
  ]);
});
