// Run by crash.test.ts in a process of its own and killed in the middle of a
// transaction: node <bundle> <database> <rows before the mark>.
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { systemIds } from '../../src/system/ids.ts';
import { anOutcome, apply, aRun, create, noon } from '../support/store-records.ts';

const [path = '', rows = '0'] = process.argv.slice(2);
const store = openStore(path, { clock: systemClock, ids: systemIds });
apply(store, create('backup'));
store.insertRun(aRun('backup', 'committed'));
store.transaction(() => {
  for (let i = 0; i < Number(rows); i += 1) {
    store.insertRun(aRun('backup', `torn-${i}`));
    store.recordOutcome(anOutcome('backup', noon + i));
  }
  store.setWatermark('uid-backup', noon + 1_000_000, 0);
  process.stdout.write('in the middle\n');
  // Held here until the parent kills: the call never returns by itself in time.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
});
