import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Attempt, AttemptExit } from '../../src/core/runs/run.ts';
import type { AttemptRequest, DispatchEvent, Dispatcher } from '../../src/dispatch/dispatcher.ts';
import { resolveEnvironment } from '../../src/executor/resolve-environment.ts';
import { createLocalDispatcher } from '../../src/dispatch/local/local-dispatcher.ts';
import { systemClock } from '../../src/system/clock.ts';
import { systemIds } from '../../src/system/ids.ts';
import { readBootId, readStatus } from '../../src/system/process-identity.ts';

export const bin = resolve('test/fixtures/bin');
export const bootId = readBootId();

/** Calls until the answer is something; gives up loudly. */
export async function eventually<T>(
  what: string,
  look: () => T | null | undefined | false,
): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = look();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((next) => setTimeout(next, 10));
  }
}

/** A dispatcher over a runs directory, with the events it reported. */
export class Harness {
  readonly events: DispatchEvent[] = [];
  readonly batches: (readonly DispatchEvent[])[] = [];
  readonly dispatcher: Dispatcher;
  readonly runsDirectory: string;

  /** Keeps the run directories, and what lies beside them, in `place`. */
  constructor(
    launcherFile: string,
    place: string,
    clock = systemClock,
    cgroups: string | null = null,
  ) {
    const runsDirectory = join(place, 'runs');
    this.runsDirectory = runsDirectory;
    this.dispatcher = createLocalDispatcher({
      runsDirectory,
      launcherFile,
      bootId,
      clock,
      cgroups,
      resolve: (_job, late) =>
        resolveEnvironment(late, { daemon: {}, setTimer: clock.setTimer.bind(clock) }),
      mask: (text) => text,
    });
    this.dispatcher.listen((events) => {
      this.batches.push(events);
      this.events.push(...events);
    });
  }

  request(argv: readonly string[], changes: Partial<AttemptRequest> = {}): AttemptRequest {
    const runId = systemIds.runId(Date.now());
    return {
      runId,
      attempt: 1,
      job: 'probe',
      argv,
      cwd: bin,
      user: null,
      umask: null,
      nice: null,
      limits: {},
      env: { PATH: '/usr/bin:/bin', JM2_RUN_ID: runId, JM2_ATTEMPT: '1' },
      late: null,
      logMaxBytes: 10_000_000,
      kill: { signal: 'TERM', graceMs: 10_000, leftovers: false },
      ...changes,
    };
  }

  start(argv: readonly string[], changes: Partial<AttemptRequest> = {}): AttemptRequest {
    const request = this.request(argv, changes);
    this.dispatcher.dispatch([request]);
    return request;
  }

  started(request: AttemptRequest): Promise<Extract<DispatchEvent, { kind: 'started' }>> {
    return eventually(`start of ${request.argv.join(' ')}`, () =>
      this.events.find((event) => event.runId === request.runId && event.kind === 'started'),
    ) as Promise<Extract<DispatchEvent, { kind: 'started' }>>;
  }

  async exit(request: AttemptRequest): Promise<AttemptExit> {
    const event = await eventually(`end of ${request.argv.join(' ')}`, () =>
      this.events.find((other) => other.runId === request.runId && other.kind === 'ended'),
    );
    return (event as Extract<DispatchEvent, { kind: 'ended' }>).exit;
  }

  directory(request: AttemptRequest): string {
    return join(this.runsDirectory, request.runId, String(request.attempt));
  }
}

/** An attempt as the store has it right after its intent was committed. */
export function openAttempt(request: AttemptRequest, changes: Partial<Attempt> = {}): Attempt {
  return {
    runId: request.runId,
    attempt: request.attempt,
    intendedAt: Date.now(),
    bootId,
    startedAt: null,
    endedAt: null,
    pid: null,
    processStart: null,
    killIntent: null,
    exitCode: null,
    signal: null,
    state: null,
    reason: null,
    ...changes,
  };
}

export async function temporaryDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'jm2-runs-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** True while the process exists and has not ended; an init may take its time to collect it. */
export function runs(pid: number): boolean {
  const status = readStatus(pid);
  return status !== null && status.state !== 'Z' && status.state !== 'X';
}
