// Processes that a command leaves behind. The group of a command gets each
// signal at once, from the dispatcher; here are those outside of it (setsid, a
// double fork) and those that outlive the command. All runs of a while share one
// look at the process table, so that a thousand short runs cost no more than one.
//
// Crash window: what waits here is in memory alone. Leftovers of a run whose
// daemon dies within the grace are neither ended nor told.
import type { Job } from '../../core/manifest/job.ts';
import type { RunNote } from '../../core/runs/run.ts';
import type { CancelTimer, Clock } from '../../system/clock.ts';
import { cgroupMembers, killCgroup, removeCgroup } from '../../executor/run-cgroup.ts';
import { isAlive, readStatus } from '../../system/process-identity.ts';
import { findDescendants, findMarked, type MarkedProcess } from '../../system/process-table.ts';
import type { Started } from './settle-attempt.ts';

export type KillPolicy = Job['kill'];

/** An attempt as far as its processes are concerned. */
export interface Outlived {
  readonly runId: string;
  readonly attempt: number;
  readonly started: Started | null;
  readonly kill: KillPolicy;
  /** Directory of its cgroup, which holds all its processes; null: it has none. */
  readonly cgroup: string | null;
}

export interface Leftovers {
  /**
   * This running attempt is about to get a signal: its descendants are noted while
   * their parents live, as of some nothing else tells later whose they are.
   */
  noteDescendants(attempt: Outlived): void;
  /** The group of this running attempt got a signal: what left the group gets it as well. */
  signaled(attempt: Outlived, signal: NodeJS.Signals): void;
  /** The command has ended. */
  ended(attempt: Outlived): void;
  /** KILLs what was on its way to it, and watches no more. */
  close(): Promise<void>;
}

/** Time for the members of a pipe to end after their shell, before they count as left over. */
const settleMs = 1_000;
const signalWithinMs = 50;
const betweenLooksMs = 250;
/** Where nobody is to be ended, looking takes at most one part in this many of the time. */
const restFactor = 50;
const restMaxMs = 10_000;
/** KILLs of processes that go on forking; then it is told that they are there. */
const killsMax = 3;
/** Runs that ended within a second and wait for the look; more are not looked for. */
const waitingMax = 20_000;
const namesShown = 3;
const kinMax = 2_000;

interface Watched {
  readonly attempt: Outlived;
  hasEnded: boolean;
  /** The last signal that the run got; null: it was left alone. */
  signal: NodeJS.Signals | null;
  /** The group had that signal from the dispatcher. */
  hasGroupHad: boolean;
  /** Processes that have had that signal, as pid and start time. */
  reached: Set<string>;
  /** Descendants of the command when it got its signals. */
  kin: readonly MarkedProcess[];
  /** Monotonic time of the next look; Infinity: nothing to do until the command ends. */
  lookAt: number;
  /** Monotonic time at which KILL is due; null while nobody is asked to end. */
  killAt: number | null;
  kills: number;
  /** Most processes seen at once after the end. */
  most: readonly MarkedProcess[];
}

export function createLeftovers(
  clock: Clock,
  note: (attempt: Outlived, note: RunNote) => void,
): Leftovers {
  const watched = new Map<string, Watched>();
  let cancel: CancelTimer | null = null;
  let armedFor = Infinity;
  let looking: Promise<void> | null = null;
  /** Not before these: the next look at all, and the next one that is only for a report. */
  let idleUntil = 0;
  let restUntil = 0;
  let isClosed = false;

  /** After a look: for the most urgent of all that wait. */
  function arm(): void {
    let next = Infinity;
    for (const one of watched.values()) next = Math.min(next, timeOf(one));
    armFor(next);
  }

  function timeOf(one: Watched): number {
    const isReport = one.signal === null && !one.attempt.kill.leftovers;
    return Math.max(one.lookAt, isReport ? restUntil : idleUntil);
  }

  function armFor(next: number): void {
    if (isClosed || looking !== null || next === Infinity) return;
    if (cancel !== null && armedFor <= next) return;
    cancel?.();
    armedFor = next;
    cancel = clock.setTimer(next - clock.monotonic(), () => {
      cancel = null;
      looking = look().finally(() => {
        looking = null;
        arm();
      });
    });
  }

  /** One look for all whose time has come. */
  async function look(): Promise<void> {
    const begin = clock.monotonic();
    const due = new Map([...watched].filter(([, one]) => one.lookAt <= begin));
    const found = await search(due);
    const now = clock.monotonic();
    idleUntil = now + betweenLooksMs;
    restUntil = now + Math.min(restMaxMs, Math.max(settleMs, (now - begin) * restFactor));
    if (isClosed) return;
    for (const [key, one] of due) {
      if (watched.get(key) !== one) continue;
      act(key, one, found.get(key) ?? [], now);
    }
  }

  function act(key: string, one: Watched, found: readonly MarkedProcess[], now: number): void {
    // Those in the group have had the signal from the dispatcher.
    const group = one.hasGroupHad ? (one.attempt.started?.pid ?? 0) : 0;
    const outside = found.filter((process) => process.group !== group);
    if (!one.hasEnded) {
      send(one, outside);
      one.lookAt = Infinity;
      return;
    }
    if (found.length > one.most.length) one.most = found;
    const { kill } = one.attempt;
    if (found.length === 0) return conclude(key, one, 0);
    if (one.signal === null && !kill.leftovers) return conclude(key, one, found.length);
    if (one.killAt === null) {
      one.signal ??= signalName(kill.signal);
      one.killAt = one.signal === 'SIGKILL' ? now : now + kill.graceMs;
    }
    if (now < one.killAt) {
      send(one, outside);
      one.lookAt = Math.min(one.killAt, now + settleMs);
      return;
    }
    if (one.kills >= killsMax) return conclude(key, one, found.length);
    one.signal = 'SIGKILL';
    one.reached = new Set();
    one.kills += 1;
    send(one, found);
    one.lookAt = now + betweenLooksMs;
  }

  /** Tells what there is to tell, once. */
  function conclude(key: string, one: Watched, left: number): void {
    watched.delete(key);
    // Where something is left, the next daemon removes it.
    if (one.attempt.cgroup !== null) removeCgroup(one.attempt.cgroup);
    if (one.most.length === 0) return;
    // A process that ends with the command, only a little later, is no leftover of a kill.
    if (left === 0 && one.kills === 0 && one.signal !== null && !one.attempt.kill.leftovers) return;
    const text = describe(one.most, left, one.kills > 0 || one.signal !== null);
    note(one.attempt, { code: 'leftovers', text, at: clock.now() });
  }

  function get(attempt: Outlived): Watched {
    const key = `${attempt.runId}/${attempt.attempt}`;
    const known = watched.get(key);
    if (known !== undefined) return known;
    const one: Watched = {
      attempt,
      hasEnded: false,
      signal: null,
      hasGroupHad: false,
      reached: new Set(),
      kin: [],
      lookAt: Infinity,
      killAt: null,
      kills: 0,
      most: [],
    };
    if (watched.size < waitingMax) watched.set(key, one);
    return one;
  }

  return {
    noteDescendants(attempt) {
      // A cgroup holds them all, whatever their parents do.
      if (attempt.started === null || attempt.cgroup !== null) return;
      const one = get(attempt);
      const kin = [...livingKin(one), ...findDescendants([attempt.started.pid])];
      one.kin = unique(kin).slice(0, kinMax);
    },
    signaled(attempt, signal) {
      const one = get(attempt);
      one.signal = signal;
      one.hasGroupHad = true;
      one.reached = new Set();
      if (signal === 'SIGKILL') one.killAt = clock.monotonic();
      one.killAt ??= clock.monotonic() + attempt.kill.graceMs;
      one.lookAt = clock.monotonic() + signalWithinMs;
      armFor(timeOf(one));
    },
    ended(attempt) {
      const one = get(attempt);
      one.hasEnded = true;
      one.lookAt = clock.monotonic() + settleMs;
      // What is being ended gets KILL as soon as its grace is over.
      if (one.killAt !== null)
        one.lookAt = Math.min(one.lookAt, Math.max(one.killAt, clock.monotonic()));
      // Of this one alone: thousands may wait, and each end would go through all of them.
      armFor(timeOf(one));
    },
    async close() {
      isClosed = true;
      cancel?.();
      await looking;
      const ending = new Map(
        [...watched].filter(([, { signal, hasEnded, attempt }]) => {
          return signal !== null || (hasEnded && attempt.kill.leftovers);
        }),
      );
      watched.clear();
      if (ending.size === 0) return;
      for (const [key, found] of await search(ending)) {
        const one = ending.get(key);
        if (one === undefined) continue;
        // A run that goes on gets no more than was asked for; the grace of one that is over ends here.
        if (one.hasEnded) one.signal = 'SIGKILL';
        one.reached = new Set();
        send(one, found);
      }
    },
  };
}

/** Whoever has a cgroup needs no search. */
async function search(due: ReadonlyMap<string, Watched>): Promise<Map<string, MarkedProcess[]>> {
  const found = new Map<string, MarkedProcess[]>();
  const without = new Map<string, Watched>();
  for (const [key, one] of due) {
    const { cgroup } = one.attempt;
    const members = cgroup === null ? null : cgroupMembers(cgroup);
    if (members === null) without.set(key, one);
    else
      found.set(
        key,
        members.flatMap((pid) => describeMember(pid)),
      );
  }
  if (without.size === 0) return found;
  const marked = await searchTable(without);
  for (const [key, one] of without) {
    found.set(key, unique([...(marked.get(key) ?? []), ...livingKin(one)]));
  }
  return found;
}

/** Those noted that still live, and what they have started since. */
function livingKin({ kin }: Watched): MarkedProcess[] {
  const living = kin.filter(({ pid, start }) => isAlive(pid, start));
  return [...living, ...findDescendants(living.map(({ pid }) => pid))];
}

function unique(processes: readonly MarkedProcess[]): MarkedProcess[] {
  return [...new Map(processes.map((one) => [one.pid, one])).values()];
}

function describeMember(pid: number): MarkedProcess[] {
  const status = readStatus(pid);
  if (status === null || status.state === 'Z') return [];
  return [{ pid, start: status.start, group: status.group, name: status.name }];
}

function searchTable(due: ReadonlyMap<string, Watched>): Promise<Map<string, MarkedProcess[]>> {
  const starts = [...due.values()].map(({ attempt }) => attempt.started?.processStart ?? null);
  // Start times count up from the boot of the machine.
  const since = starts.includes(null) ? null : String(Math.min(...starts.map(Number)));
  const marks = new Map(
    [...due].map(([key, { attempt }]) => [
      key,
      {
        session: attempt.started?.pid ?? null,
        entries: [`JM2_RUN_ID=${attempt.runId}`, `JM2_ATTEMPT=${attempt.attempt}`],
      },
    ]),
  );
  return findMarked(marks, since);
}

/** To each process once per signal, and only to the very process that was seen. */
function send(one: Watched, processes: readonly MarkedProcess[]): void {
  if (one.signal === null) return;
  const { cgroup } = one.attempt;
  if (one.signal === 'SIGKILL' && cgroup !== null && processes.length > 0) killCgroup(cgroup);
  for (const { pid, start } of processes) {
    const identity = `${pid} ${start}`;
    if (one.reached.has(identity) || !isAlive(pid, start)) continue;
    one.reached.add(identity);
    try {
      process.kill(pid, one.signal);
    } catch {
      // Ended in between, or of an account that may not be signaled: it is told as left over.
    }
  }
}

function signalName(written: string): NodeJS.Signals {
  return (written.startsWith('SIG') ? written : `SIG${written}`) as NodeJS.Signals;
}

function describe(seen: readonly MarkedProcess[], left: number, wereEnded: boolean): string {
  const names = seen.slice(0, namesShown).map(({ pid, name }) => `${name} (${pid})`);
  const more = seen.length > namesShown ? ` and ${seen.length - namesShown} more` : '';
  const count = seen.length === 1 ? '1 process' : `${seen.length} processes`;
  const was = seen.length === 1 ? 'was' : 'were';
  const outcome = !wereEnded
    ? ''
    : left === 0
      ? `, and ${was} ended`
      : `, and ${left} of them could not be ended`;
  return `${count} ${was} left over after the command: ${names.join(', ')}${more}${outcome}`;
}
