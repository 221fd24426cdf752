// Whom a name continues, for any jobs in force with any names, former names and wishes.
import { expect, it } from 'vitest';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { matchJobs } from '../../../src/core/plan/match-jobs.ts';
import { aJob } from '../../support/store-records.ts';
import { Random } from '../../simulation/random.ts';
import { applied, recorded, states } from './plan-states.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const allUids = ['u0', 'u1', 'u2', 'u3', 'u9'];

/** Jobs in force, a manifest, and who had which name in the revision that comes back. */
function world(seed: number) {
  const random = new Random(`${seed}`);
  const some = (list: readonly string[], share: number) => list.filter(() => random.next() < share);
  const others = (name: string, share: number) =>
    some(
      names.filter((other) => other !== name),
      share,
    );
  const turned = Math.floor(random.next() * allUids.length);
  const uids = [...allUids.slice(turned), ...allUids.slice(0, turned)];
  const inForce = some(names, 0.6).map((name, at) => ({
    ...recorded(aJob(name, { renamedFrom: others(name, 0.15) }), some(names, 0.3)),
    uid: `u${at}`,
  }));
  const desired = some(names, 0.6).map((name) => aJob(name, { renamedFrom: others(name, 0.2) }));
  const formerly = new Map(
    some(names, 0.7).map((name, at): [string, string] => [name, uids[at] ?? '']),
  );
  const announced = Object.fromEntries(some(names, 0.1).map((name) => [name, {}]));
  return { inForce, desired, formerly, announced, uids };
}

const seeds = Array.from({ length: 200 }, (_, at) => at + 1);

it('no identity is continued twice, and none is forgotten', () => {
  for (const seed of seeds) {
    const { inForce, desired, formerly, announced } = world(seed);
    const { matches, removed } = matchJobs(desired, inForce, { formerly, announced });
    const continued = matches.flatMap(({ recorded: one }) => (one === null ? [] : [one.uid]));
    const found = [...continued, ...removed.map(({ uid }) => uid)].toSorted();
    expect([seed, found]).toEqual([seed, inForce.map(({ uid }) => uid)]);
  }
});

it('a revision that comes back as a whole has the identities that it had, as far as they are in force', () => {
  for (const seed of seeds) {
    const { inForce, desired, uids } = world(seed);
    const formerly = new Map(desired.map(({ name }, at) => [name, uids[at] ?? '']));
    const plain = desired.map(({ name }) => aJob(name));
    for (const { job, recorded: one } of matchJobs(plain, inForce, { formerly }).matches) {
      const uid = formerly.get(job.name);
      if (!inForce.some((record) => record.uid === uid)) continue;
      expect([seed, job.name, one?.uid]).toEqual([seed, job.name, uid]);
    }
  }
});

it('what has been carried out leaves nothing to rename, make or remove, also without knowing whence it came', () => {
  for (const seed of seeds) {
    const { inForce, desired, formerly } = world(seed);
    const input = states(inForce, desired);
    const { recorded: then, ...after } = applied({
      ...input,
      recorded: { ...input.recorded, formerly },
    });
    const { formerly: _, ...known } = then;
    const {
      rename,
      create,
      delete: removed,
    } = computePlan({ ...after, recorded: known, isBrief: true }).summary;
    expect([seed, rename, create, removed]).toEqual([seed, 0, 0, 0]);
  }
});
