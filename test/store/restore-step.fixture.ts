// Run by restore.test.ts in a process of its own that is killed at one of its
// system calls: node <bundle> <backup> <database>.
import { restoreStore } from '../../src/store/sqlite/restore-store.ts';

const [backup = '', database = ''] = process.argv.slice(2);
restoreStore({
  backup,
  database,
  at: Date.now(),
  hasBegun: () => false,
  putLog: () => undefined,
  logsEnd: () => undefined,
});
