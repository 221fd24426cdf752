import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectivePriority } from '../../src/core/runs/turns.ts';
import { WaitingLine, type Waiting } from '../../src/scheduler/waiting-line.ts';

let orders = 0;
const run = (jobUid: string, changes: Partial<Waiting> = {}): Waiting => {
  orders += 1;
  const id = changes.id ?? `${jobUid}-${orders}`;
  return { id, jobUid, group: null, priority: 0, since: 0, dueAt: 0, order: orders, ...changes };
};
const lineOf = (runs: readonly Waiting[], groups: Record<string, number> = {}): WaitingLine => {
  const line = new WaitingLine();
  line.setLimits(groups);
  for (const each of runs) line.add(each);
  return line;
};
/** Gives slots until nothing may start; the groups fill up. */
const takeAll = (line: WaitingLine, mono = 0): string[] => {
  const taken: string[] = [];
  for (let next = line.first(); next !== null; next = line.first()) {
    line.remove(next, mono);
    line.occupy(next.group, 1);
    taken.push(next.jobUid);
  }
  return taken;
};

describe('the line of waiting runs', () => {
  it('lets jobs take turns, whatever one of them has waiting', () => {
    const many = Array.from({ length: 4 }, () => run('a'));
    expect(takeAll(lineOf([...many, run('b'), run('b'), run('c')]))).toEqual([
      'a',
      'b',
      'c',
      'a',
      'b',
      'a',
      'a',
    ]);
  });

  it('goes on behind a run whose group is full', () => {
    const line = lineOf([run('a', { group: 'db' }), run('b', { group: 'db' }), run('c')], {
      db: 1,
    });
    expect(line.startable).toBe(2);
    expect(takeAll(line)).toEqual(['a', 'c']);
    expect(line.countsOf('db')).toEqual({ running: 1, waiting: 1 });
    line.occupy('db', -1);
    expect(takeAll(line)).toEqual(['b']);
  });

  it('obeys a limit that is changed, or taken away, while runs wait', () => {
    const line = lineOf(
      ['a', 'b', 'c', 'd'].map((job) => run(job, { group: 'db' })),
      { db: 1 },
    );
    expect(takeAll(line)).toEqual(['a']);
    line.setLimits({ db: 2 });
    expect(takeAll(line)).toEqual(['b']);
    line.setLimits({});
    expect(takeAll(line)).toEqual(['c', 'd']);
  });

  it('tells the order without changing it', () => {
    const runs = [run('a'), run('a'), run('b'), run('c', { priority: 1 })];
    const line = lineOf(runs);
    expect(line.inOrder(0, 10).map((each) => each.jobUid)).toEqual(['c', 'a', 'b', 'a']);
    expect(line.inOrder(0, 2)).toHaveLength(2);
    expect(takeAll(line)).toEqual(['c', 'a', 'b', 'a']);
  });
});

/** Arrivals, starts and ends in any order, against a look at every run. */
type Step =
  | { readonly kind: 'arrive'; readonly job: number; readonly priority: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('arrive' as const),
    job: fc.nat(5),
    priority: fc.constantFrom(-10, 0, 0, 0, 7, 10),
  }),
  fc.constant({ kind: 'start' as const }),
  fc.constant({ kind: 'end' as const }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 999, 60_000, 3_600_000) }),
);
const groupOf = (job: number): string | null => [null, 'one', 'two'][job % 3] ?? null;
const limits = { one: 1, two: 2 };
const max = 3;

it('never starts more than the limits allow, nor a lower effective priority first, and loses no run', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const line = lineOf([], limits);
      const waiting = new Map<string, Waiting>();
      const servedAt = new Map<string, number>();
      const active: Waiting[] = [];
      let mono = 0;
      const start = (): boolean => {
        const next = active.length < max ? line.first() : null;
        if (next === null) return false;
        const since = (each: Waiting): number =>
          Math.max(each.since, servedAt.get(`${each.priority} ${each.jobUid}`) ?? 0);
        const isOpen = ({ group }: Waiting): boolean =>
          group === null ||
          active.filter((other) => other.group === group).length < limits[group as 'one' | 'two'];
        expect(waiting.has(next.id) && isOpen(next)).toBe(true);
        const mine = effectivePriority({ priority: next.priority, since: since(next) }, mono);
        for (const other of [...waiting.values()].filter(isOpen)) {
          const theirs = effectivePriority({ priority: other.priority, since: since(other) }, mono);
          expect(mine).toBeGreaterThanOrEqual(theirs - 1e-9);
        }
        line.remove(next, mono);
        line.occupy(next.group, 1);
        waiting.delete(next.id);
        active.push(next);
        const lane = `${next.priority} ${next.jobUid}`;
        const hasMore = [...waiting.values()].some((o) => `${o.priority} ${o.jobUid}` === lane);
        if (hasMore) servedAt.set(lane, Math.floor(mono / 1000) * 1000);
        else servedAt.delete(lane);
        return true;
      };
      const end = (): boolean => {
        const ended = active.shift();
        if (ended !== undefined) line.occupy(ended.group, -1);
        return ended !== undefined;
      };
      for (const each of steps) {
        if (each.kind === 'wait') mono += each.ms;
        else if (each.kind === 'start') start();
        else if (each.kind === 'end') end();
        else {
          const { job, priority } = each;
          const since = Math.floor(mono / 1000) * 1000;
          const arrived = run(`job-${job}`, { group: groupOf(job), priority, since, dueAt: mono });
          waiting.set(arrived.id, arrived);
          line.add(arrived);
        }
        expect(line.size).toBe(waiting.size);
      }
      // Every run that waits starts as others end.
      while (start() || end());
      expect(waiting.size).toBe(0);
      expect(line.size).toBe(0);
    }),
    { numRuns: 200 },
  );
});
