// An apply that should have been taken back and could not be: whoever looks is told,
// with a daemon or without one.
import { expect, it } from 'vitest';
import { notTakenBackCondition } from '../../src/daemon/manifest-state.ts';
import { openReadOnlyService } from '../../src/daemon/read-only-service.ts';
import { prepareStateDirectory } from '../../src/daemon/state-directory.ts';
import { writeNotTakenBack } from '../../src/reconciler/not-taken-back.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { aProject } from '../support/state.ts';
import { apply, create, noon } from '../support/store-records.ts';

const found = { revision: 1, returnsTo: 0, since: noon, reason: 'not confirmed', problem: 'lost' };

it('is a condition with a code and a way out', () => {
  expect(notTakenBackCondition(null)).toBeNull();
  expect(notTakenBackCondition(found)).toMatchObject({
    code: 'JM2-P224',
    text: expect.stringMatching(/^Revision 1 should have been taken back \(not confirmed\)/),
    remedy: expect.stringContaining('jm2 rollback'),
  });
});

it('is told while no daemon runs, until another revision is in force', async () => {
  const project = await aProject('version: 1\njobs: {}\n');
  const { locations, settings } = project;
  prepareStateDirectory(locations);
  const store = openStore(locations.database, { clock: new FakeClock(noon), ids: systemIds });
  apply(store, create('a'));
  writeNotTakenBack(store, found);
  const health = async () => (await openReadOnlyService(locations, settings).status()).health;
  expect((await health()).conditions).toMatchObject([{ code: 'JM2-P224' }]);
  expect((await health()).problems.at(-1)).toContain('could not be brought back (lost)');
  apply(store, create('b'));
  expect((await health()).conditions).toEqual([]);
  store.close();
  await project.remove();
});
