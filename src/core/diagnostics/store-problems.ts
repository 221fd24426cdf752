// Codes of the store: the database in the state directory.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'store' as const;
const none = { example: null, corrected: null } as const;

export const storeProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-T101',
    area,
    summary: 'the store cannot be read',
    meaning:
      'The database in the state directory is damaged, is not a database, or could not be read. jm2 starts nothing that it cannot record, so no occurrence is admitted until the store is back. Jobs that run are not touched; the run logs are plain files and stay readable.',
    remedy:
      'Check the disk first. A daemon that starts (`jm2 restart`) sets a damaged store aside and makes a new one from the manifest, without history; `jm2 restore BACKUP` brings history back.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T102',
    area,
    summary: 'the store comes from a newer version',
    meaning:
      'The database was written by a newer jm2 than this one. An older program might misread it, so it is left untouched and the daemon does not start.',
    remedy: 'Use the newer version again, or restore the backup that was taken before the upgrade.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T103',
    area,
    summary: 'the store is busy',
    meaning:
      'Another process held the database locked for longer than jm2 waits. What was to be written has not been written; nothing was started without its record.',
    remedy:
      'Find the other process (a backup or a database shell on jm2.db) and let it finish, then try again. Back the store up with a tool that does not hold the lock.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T104',
    area,
    summary: 'the disk is full',
    meaning:
      'The store could not write because no space (or quota) is left. Starting a job needs a record first, so occurrences wait and are settled by their catch-up policy once there is room. Jobs that run go on.',
    remedy:
      'Free space on the file system of the state directory. jm2 goes on by itself; no restart is needed.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T105',
    area,
    summary: 'no SQLite binding was found',
    meaning:
      'This version of Node has no built-in SQLite that jm2 can use, and the optional package that replaces it is not installed or does not fit this machine. Commands that need no store (validate, preview, init, schema, explain) work.',
    remedy:
      'Install again without leaving out optional packages (`npm ci --include=optional`), or use Node 24.15 or newer.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T106',
    area,
    summary: 'the store cannot be written',
    meaning:
      'The file system of the state directory became read-only, or the disk answered with an error. A commit that failed counts as not made, so nothing starts without its record. Jobs that run go on, and what is recorded can still be read. jm2 opens the store anew before each next try.',
    remedy:
      'Look at the kernel log (`dmesg`) and mend the disk or remount it writable. jm2 goes on by itself; no restart is needed.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T110',
    area,
    summary: 'the occurrence has its disposition already',
    meaning:
      'An occurrence is settled once: admitted, skipped or missed. A second attempt to settle the same one was refused by the store, which is what keeps a job from starting twice. The first disposition stands.',
    remedy:
      'Nothing needs to be done. See what became of it with `jm2 history JOB --all`; if a run is wanted now, use `jm2 run JOB`.',
    ...none,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-T111',
    area,
    summary: 'the backup would replace a file',
    meaning:
      'A file of that name exists. A backup never replaces one unasked, as it may be the only good one. Nothing was written.',
    remedy: 'Choose another name, or replace the file with `--force`.',
    example: 'jm2 backup shop.backup',
    corrected: 'jm2 backup shop.backup --force',
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-T112',
    area,
    summary: 'the file is no usable backup',
    meaning:
      'The file is not a database, is a database of another program, is damaged, or could not be read. It was looked through before anything was touched: the store is as it was.',
    remedy: 'Use another backup; `jm2 backup --verify FILE` looks through one.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T113',
    area,
    summary: 'a daemon uses the store',
    meaning:
      'A store is replaced only while no daemon uses it: a running one would go on with what it has in memory. Nothing was changed.',
    remedy: 'Stop it first (`jm2 stop`), or let the restore do it with `--yes`.',
    example: 'jm2 restore shop.backup',
    corrected: 'jm2 restore shop.backup --yes',
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-T114',
    area,
    summary: 'the backup belongs to another installation',
    meaning:
      'Each store has a lineage that it passes on to its backups. The one in place has another lineage than the backup, so this is not an earlier state of it. Nothing was changed.',
    remedy:
      'Look at both with `jm2 status` and `jm2 backup --verify FILE`; when the backup is wanted all the same, add `--force`.',
    ...none,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-T115',
    area,
    summary: 'there is no store yet',
    meaning:
      'Nothing was recorded for this manifest so far, so there is nothing to back up. A store is made by the first start of the daemon. Nothing was written.',
    remedy:
      'Start the daemon once (`jm2 start`); when there should be a store, compare the state directory in `jm2 status`.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T116',
    area,
    summary: 'the store is older than the runs that were made',
    meaning:
      'There are directories of runs that the store does not know, newer than its newest run. So it is an earlier state of itself: its -wal file was removed, a copy was put back by hand, or a snapshot of the disk. What came due since may have run, so it is recorded as missed (restored) and not started again.',
    remedy:
      'Nothing needs to be done for jobs to run. Put backups back with `jm2 restore`, and never remove jm2.db-wal.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-T117',
    area,
    summary: 'a command runs that the store does not know',
    meaning:
      'The directory of a run names a process that is still alive, but the store has no record of that run: it was lost, or is an earlier state of itself. The command is left alone and cannot be watched, timed out or canceled as a run; its log goes on in the directory of the run. Its job may start beside it.',
    remedy:
      'End it with `kill -- -PID` (the status names the PID), or let it finish; the condition goes by itself when the process is gone.',
    ...none,
    exitCode: ExitCode.failure,
  },
];
