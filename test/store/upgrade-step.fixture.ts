// Run by golden.test.ts in a process of its own that is killed at one of its
// system calls: node <bundle> <database>.
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { systemIds } from '../../src/system/ids.ts';

openStore(process.argv[2] ?? '', { clock: systemClock, ids: systemIds }).close();
