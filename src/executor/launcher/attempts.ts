// The launcher's work: takes the start token, starts the command, records its
// end. One object per launcher process; requests are carried out in order.
import { closeSync, constants, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptExit, StartFailure } from '../../core/runs/run.ts';
import type { Clock } from '../../system/clock.ts';
import { processStart } from '../../system/process-identity.ts';
import { BegunMarks } from '../begun-marks.ts';
import { writeExit } from '../exit-file.ts';
import type { LogGuard } from '../log-guard.ts';
import { logFile } from '../run-directory.ts';
import { recordStart, takeToken } from '../start-token.ts';
import { codeOf, isResourceFailure } from './diagnose-start-failure.ts';
import { watchMemory, type MemoryWatch } from './memory-watch.ts';
import type { LauncherEvent, StartRequest } from './protocol.ts';
import { startCommand, type StartResult } from './start-command.ts';
import { complaintOf } from './wrap-command.ts';

export interface AttemptsOptions {
  readonly clock: Clock;
  readonly guard: LogGuard;
  readonly send: (event: LauncherEvent) => void;
  /** Start time of this process, for the token. */
  readonly ownStart: string | null;
  /** Called whenever no request, command or unwritten end is left. */
  readonly idle: () => void;
}

/** Starts before the event loop gets its turn, so that ends are seen in between. */
const sliceLength = 16;
/** Waits before the 2nd, 3rd and 4th try when the machine is short of something. */
const retryDelaysMs = [100, 400, 1_600];
/** An end that the disk does not take is tried again at growing pauses, for a day. */
const exitWritesMax = 8_640;
const longestExitPauseMs = 10_000;

const newLog =
  constants.O_CREAT |
  constants.O_EXCL |
  constants.O_APPEND |
  constants.O_WRONLY |
  constants.O_NOFOLLOW;

/** An attempt whose token is ours and whose log is open. */
interface Prepared {
  readonly request: StartRequest;
  readonly token: number;
  readonly log: number;
}

export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #memory: MemoryWatch;
  readonly #queue: StartRequest[] = [];
  readonly #begun = new BegunMarks();
  #open = 0;
  #sliceArmed = false;

  constructor(options: AttemptsOptions) {
    this.#options = options;
    this.#memory = watchMemory(options.clock);
  }

  get isIdle(): boolean {
    return this.#open === 0;
  }

  add(request: StartRequest): void {
    this.#open += 1;
    this.#queue.push(request);
    this.#armSlice();
  }

  #armSlice(): void {
    if (this.#sliceArmed) return;
    this.#sliceArmed = true;
    setImmediate(() => {
      this.#sliceArmed = false;
      this.#runSlice();
      if (this.#queue.length > 0) this.#armSlice();
    });
  }

  /**
   * In three sweeps, files, starts, notes, because a fork makes every page of this
   * process cost a fault at its next touch: forks in a row touch few pages in between.
   */
  #runSlice(): void {
    const prepared: Prepared[] = [];
    for (const request of this.#queue.splice(0, sliceLength)) this.#begin(request, 0, prepared);
    const started: (() => void)[] = [];
    for (const one of prepared) this.#start(one, 0, started);
    for (const note of started) note();
  }

  /** A later try, by itself. */
  #retry(delay: number, prepare: (prepared: Prepared[]) => void): void {
    this.#options.clock.setTimer(delay, () => {
      const prepared: Prepared[] = [];
      prepare(prepared);
      for (const one of prepared) this.#start(one, 0, null);
    });
  }

  #close(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#memory.rest();
    this.#options.idle();
  }

  #begin(request: StartRequest, tries: number, prepared: Prepared[]): void {
    let token: number | null;
    try {
      // Crash window before the token: nobody has it, recovery takes it, the
      // command never runs.
      token = takeToken(request.directory, { pid: process.pid, start: this.#options.ownStart });
    } catch (error) {
      const delay = retryDelaysMs[tries];
      if (isResourceFailure(error) && delay !== undefined) {
        this.#retry(delay, (later) => this.#begin(request, tries + 1, later));
        return;
      }
      // Without a token on disk there is no place for an exit file either; the event is all.
      this.#send(request, this.#notStarted(unwritable(error, request.directory)));
      this.#close();
      return;
    }
    if (token === null) {
      const { runId, attempt } = request;
      this.#options.send({ kind: 'declined', runId, attempt });
      this.#close();
      return;
    }
    // Crash window from here to the start: the token is taken, no process exists;
    // recovery finds none and records the attempt as lost.
    this.#openLog(request, token, 0, prepared);
  }

  #openLog(request: StartRequest, token: number, tries: number, prepared: Prepared[]): void {
    const path = join(request.directory, logFile);
    try {
      const log = openSync(path, newLog, 0o600);
      this.#begun.note(request.directory, request);
      prepared.push({ request, token, log });
    } catch (error) {
      const delay = retryDelaysMs[tries];
      if (isResourceFailure(error) && delay !== undefined) {
        this.#retry(delay, (later) => this.#openLog(request, token, tries + 1, later));
        return;
      }
      closeSync(token);
      this.#end(request, this.#notStarted(unwritable(error, path)));
    }
  }

  /** With `notes`, what follows a start that worked is left there for the caller to do. */
  #start(one: Prepared, tries: number, notes: (() => void)[] | null): void {
    const { request, token, log } = one;
    startCommand(request, log, (result) => {
      const delay = retryDelaysMs[tries];
      if (result.kind === 'exhausted' && delay !== undefined) {
        this.#options.clock.setTimer(delay, () => this.#start(one, tries + 1, null));
        return;
      }
      if (result.kind !== 'running') {
        closeSync(log);
        closeSync(token);
        this.#end(request, this.#notStarted(result.failure));
        return;
      }
      const at = this.#options.clock.now();
      if (notes === null) this.#noteStart(one, result, at);
      else notes.push(() => this.#noteStart(one, result, at));
    });
  }

  #noteStart(
    { request, token, log }: Prepared,
    { pid, child, tools, remark }: Extract<StartResult, { kind: 'running' }>,
    at: number,
  ): void {
    // Crash window: the command runs and the token does not name it yet; recovery
    // looks for it by its environment. Its end cannot come in between: ends are
    // events, and this is the same turn of the event loop.
    const { runId, attempt, logMaxBytes } = request;
    const started = { pid, processStart: processStart(pid), at };
    recordStart(token, { ...started, logMaxBytes });
    closeSync(token);
    closeSync(log);
    this.#options.send({ kind: 'started', runId, attempt, ...started });
    if (remark !== null) this.#options.send({ kind: 'remark', text: remark });
    this.#options.guard.watch(request.directory, logMaxBytes, true);
    this.#memory.begin();
    // `exit` and not `close`: a background process that holds the log must not
    // delay the end.
    child.once('exit', (code, signal) => {
      const endedAt = this.#options.clock.now();
      // Crash window from here to the rename: the end is known to nobody else,
      // and recovery records the attempt as lost, never as a success.
      const found = this.#options.guard.finish(request.directory);
      if (signal === 'SIGKILL') found.push(...this.#memory.killed());
      const notes = found.length === 0 ? {} : { notes: found };
      const failure = complaintOf(tools, code, tools.length === 0 ? '' : firstWords(request));
      if (failure !== null) {
        this.#end(request, { kind: 'not_started', failure, at: endedAt });
        return;
      }
      this.#end(
        request,
        signal === null
          ? { kind: 'exited', code: code ?? 1, at: endedAt, ...notes }
          : { kind: 'signaled', signal, at: endedAt, ...notes },
      );
    });
  }

  #notStarted(failure: StartFailure): AttemptExit {
    return { kind: 'not_started', failure, at: this.#options.clock.now() };
  }

  #end(request: StartRequest, exit: AttemptExit): void {
    // The event does not wait for the disk: while the daemon lives it records the
    // end itself, and the file is for the daemon that comes after it.
    this.#writeExit(request, exit, 0);
    this.#send(request, exit);
  }

  #writeExit(request: StartRequest, exit: AttemptExit, tries: number): void {
    try {
      writeExit(request.directory, exit);
    } catch (error) {
      // A directory that is gone was removed by retention or by hand; nobody will ask.
      if (codeOf(error) !== 'ENOENT' && tries < exitWritesMax) {
        const pauseMs = Math.min(longestExitPauseMs, 1_000 * (tries + 1));
        this.#options.clock.setTimer(pauseMs, () => this.#writeExit(request, exit, tries + 1));
        return;
      }
    }
    this.#close();
  }

  #send(request: StartRequest, exit: AttemptExit): void {
    this.#options.send({ kind: 'ended', runId: request.runId, attempt: request.attempt, exit });
  }
}

/** The whole of a short log; nothing of a long one. */
function firstWords({ directory }: StartRequest): string {
  const path = join(directory, logFile);
  try {
    return statSync(path).size > 1_024 ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function unwritable(error: unknown, path: string): StartFailure {
  const message = error instanceof Error ? error.message : String(error);
  return isResourceFailure(error)
    ? { code: 'resources_exhausted', detail: `no free descriptor or memory: ${message}` }
    : { code: 'log_unwritable', detail: `cannot create ${JSON.stringify(path)}: ${message}` };
}
