// Sets up what runs commands: the launcher, and cgroups where they can be had.
// Says what of it does not work; a daemon without it still answers, and each run
// tells it as its reason.
import { createLocalDispatcher } from '../dispatch/local/local-dispatcher.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import { findCgroupPlace } from '../executor/run-cgroup.ts';
import type { Settings } from '../settings/settings.ts';
import type { Clock } from '../system/clock.ts';
import { createRecentFaults } from './health.ts';
import { findLauncherFile } from './launcher-file.ts';
import type { Secrets } from './secrets.ts';
import { within } from './within.ts';

/** A launcher that needs longer is a problem to be told, not a reason to stay down. */
const launcherWithinMs = 10_000;

export interface OpenedDispatcher {
  readonly dispatcher: Dispatcher;
  /** Resolves when commands can start, or when it is known that they cannot. Never rejects. */
  ready(): Promise<void>;
  /** In words what fails now and then; null for nothing. */
  problem(): string | null;
  /** In words what is done without; null for nothing. */
  notice(): string | null;
}

export function openDispatcher(parts: {
  readonly runsDir: string;
  /** Default: the one beside the program. */
  readonly launcherFile: string | undefined;
  readonly cgroups: Settings['cgroups'];
  readonly bootId: string;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly log: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}): OpenedDispatcher {
  const { clock, log, secrets } = parts;
  const faults = createRecentFaults();
  const cgroups = parts.cgroups === 'off' ? null : findCgroupPlace();
  if (cgroups?.ok === false) log.warn({ reason: cgroups.reason }, 'runs get no cgroups');
  const dispatcher = createLocalDispatcher({
    runsDirectory: parts.runsDir,
    launcherFile: parts.launcherFile ?? findLauncherFile(),
    bootId: parts.bootId,
    clock,
    cgroups: cgroups?.ok === true ? cgroups.directory : null,
    resolve: (job, late) => secrets.resolve(job, late),
    mask: (text) => secrets.book.mask(text),
    warn: (message, detail) => {
      faults.note(clock.now());
      log.warn({ detail }, message);
    },
    remark: (text) => log.warn({}, text),
  });
  return {
    dispatcher,
    ready: async () => {
      try {
        await within(launcherWithinMs, dispatcher.ready());
      } catch (error) {
        // Runs say it as their reason; everything else works meanwhile.
        faults.note(clock.now());
        log.error({ err: error }, 'the launcher is not ready');
      }
    },
    problem: () => launcherTrouble(faults.countSince(clock.now())),
    notice: () => (cgroups?.ok === false ? `Runs get no cgroups: ${cgroups.reason}.` : null),
  };
}

function launcherTrouble(count: number): string | null {
  if (count === 0) return null;
  const times = count === 1 ? 'once' : `${count} times`;
  return `The launcher of commands failed ${times} within the last hour; daemon.log tells why.`;
}
