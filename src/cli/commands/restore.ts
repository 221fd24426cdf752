// Puts a backup in the place of the store, with no daemon at work.
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { runningDaemon, untilGone } from '../daemon-end.ts';
import { namedFile } from '../named-file.ts';
import { withProgress } from '../progress.ts';
import { count } from '../views/status.ts';
import { localTime } from '../views/times.ts';

/** After the grace come TERM, each job's own kill grace, and KILL. */
const afterGraceMs = 120_000;

export const restoreCommand: CommandDefinition = {
  name: 'restore',
  summary: 'Put a backup in the place of the store',
  description:
    'The backup is looked through before anything is touched, and the store that it replaces is kept beside it. What came due after the backup may have run: it is recorded as missed (restored) and never caught up. Your jobs.yaml is not touched; the next start applies it.',
  arguments: [{ name: '<file>', description: 'a file that jm2 backup wrote, or a copy of jm2.db' }],
  options: [
    { flags: '-y, --yes', description: 'stop the daemon first, as jm2 stop does' },
    { flags: '-f, --force', description: 'also a backup of another installation' },
  ],
  examples: [
    { command: 'jm2 stop && jm2 restore shop.backup && jm2 start', meaning: 'go back' },
    { command: 'jm2 restore shop.backup --yes', meaning: 'stop the daemon and restore' },
  ],
  async run(context, input) {
    const file = namedFile(context.cwd, input.needed(0));
    const place = await context.locations({ orUser: true });
    const { inspectBackup, prepareRestore } = await import('../../daemon/backup.ts');
    // Before the daemon is stopped for nothing.
    await withProgress(context, 'looking through the backup', () => inspectBackup(file), {
      atOnce: true,
    });
    const stopped = await withoutDaemon(context, input.flag('yes'));
    const { facts, replaced, closed } = await withProgress(
      context,
      'restoring',
      async () => {
        const restore = await prepareRestore(place, file, { anyLineage: input.flag('force') });
        return { facts: restore.facts, ...restore.carryOut() };
      },
      { atOnce: true },
    );
    const { madeAt, revision, jobs, runs } = facts;
    const made = madeAt === null ? null : new Date(madeAt).toISOString();
    return {
      data: { file, madeAt: made, revision, jobs, runs, closed, replaced, stopped },
      confirmation: true,
      text: ({ zone }) =>
        [
          `Restored ${count(jobs, 'job')} and ${count(runs, 'run')}${madeAt === null ? '' : `, as of ${localTime(madeAt, zone, true)}`}.`,
          ...(closed === 0 ? [] : [`${count(closed, 'run')} that had not ended then are closed.`]),
          ...(replaced === null ? [] : [`The store of before is ${context.shownPath(replaced)}.`]),
          'What came due since then is recorded as missed and not caught up.',
          'Start the daemon with jm2 start.',
        ].join('\n'),
    };
  },
};

/** True when a daemon had to be stopped; throws JM2-T113 when that was not allowed. */
async function withoutDaemon(context: Context, mayStop: boolean): Promise<boolean> {
  const place = await context.locations({ orUser: true });
  const daemon = await context.daemon();
  const running = await runningDaemon(daemon, place);
  if (running === null) return false;
  if (!mayStop) {
    const pid = running.pid === null ? '' : ` (pid ${running.pid})`;
    const runs = running.running === 0 ? '' : `; running now: ${count(running.running, 'run')}`;
    throw operationalError('JM2-T113', {
      detail: `A daemon${pid} uses ${place.database}${runs}.`,
    });
  }
  await daemon.shutdown({ mode: 'drain', graceMs: null, by: context.actor });
  const { graceMs } = (await context.settings()).settings;
  await withProgress(context, 'stopping the daemon', () =>
    untilGone(daemon, running.pid, graceMs + afterGraceMs),
  );
  return true;
}
