// Keeps the model of `jm2 top` fresh: events of the daemon say that something
// changed, one question per second at most says what. While no daemon answers,
// the store does, and each second is looked whether one is back.
import { existsSync } from 'node:fs';
import type { LogCursor, ReadService } from '../../api/service.ts';
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import type { Context } from '../context.ts';
import { detailCame, logBegan, logGrew, nothingCame, overviewCame } from './arrivals.ts';
import type { TopModel } from './model.ts';
import { selectedRow } from './rows.ts';

/** Without a sign of change; states that follow from time alone change this late. */
const refreshEveryMs = 5_000;
const queueShown = 50;
const logLinesAtFirst = 500;
/** Pages of a log read in a row: a job that prints faster is caught up with later. */
const pagesPerLook = 8;

/** What the feed needs of its surroundings. */
export interface FeedParts {
  readonly context: Pick<Context, 'read' | 'daemon' | 'locations'>;
  readonly now: () => number;
  readonly model: () => TopModel;
  readonly change: (by: (model: TopModel) => TopModel) => void;
}

export interface Feed {
  /** To be called about once a second; resolves when all that was asked has been answered. */
  tick(): Promise<void>;
  /** Ask anew at the next tick: something was changed by us. */
  stale(): void;
  /** The log and detail of what is selected now. */
  follow(): Promise<void>;
  close(): void;
}

export function createFeed({ context, now, model, change }: FeedParts): Feed {
  let isStale = true;
  let askedAt = Number.NEGATIVE_INFINITY;
  let events: AbortController | null = null;
  let isTicking = false;
  let following: Promise<void> | null = null;
  let cursor: LogCursor | null = null;
  let logEnded = false;

  const overview = async (service: ReadService) => {
    const [{ jobs }, queue, status] = await Promise.all([
      service.list(),
      service.queue({ limit: queueShown }),
      service.status(),
    ]);
    return { jobs, queue, status };
  };

  const listen = async (signal: AbortSignal, ended: () => void): Promise<void> => {
    try {
      const daemon = await context.daemon();
      for await (const _ of daemon.events(signal)) isStale = true;
    } catch {
      // Whatever it was, the next question tells whether a daemon is there.
    }
    ended();
  };

  const hearEvents = (): void => {
    if (events !== null) return;
    const own = new AbortController();
    events = own;
    void listen(own.signal, () => {
      if (events === own) events = null;
      isStale = true;
    });
  };

  const refresh = async (): Promise<void> => {
    isStale = false;
    askedAt = now();
    try {
      const { value, live } = await context.read(overview);
      if (live) hearEvents();
      change((before) => overviewCame(before, value, { live, now: now() }));
    } catch (error) {
      change((before) => nothingCame(before, problemOf(error), now()));
    }
  };

  /** A daemon that came back is worth a question at once. */
  const isBack = async (): Promise<boolean> =>
    model().source.kind === 'store' && existsSync((await context.locations()).socket);

  const followLog = async (): Promise<void> => {
    const job = selectedRow(model())?.row.job ?? null;
    if (job === null) return;
    const { log } = model();
    const newest = job.lastRun;
    const hasNewRun = newest !== null && newest.startedAt !== null && newest.id !== log.run;
    if (log.job !== job.name || hasNewRun) {
      const { value } = await context.read((service) =>
        service.logs(
          newest !== null && newest.startedAt !== null
            ? { run: newest.id, lines: logLinesAtFirst }
            : { job: job.name, lines: logLinesAtFirst },
        ),
      );
      ({ cursor } = value);
      logEnded = false;
      const run = cursor?.run ?? null;
      change((before) => logBegan(before, { job: job.name, run }, value.lines));
      return;
    }
    if (cursor === null || logEnded) return;
    for (let page = 0; page < pagesPerLook; page += 1) {
      const from: LogCursor = cursor;
      const { value } = await context.read((service) => service.logsFrom(from));
      if (cursor !== from) return;
      ({ cursor } = value);
      logEnded = value.ended;
      change((before) => logGrew(before, from.run, value.lines));
      if (value.ended || value.lines.length === 0) return;
    }
  };

  const readDetail = async (): Promise<void> => {
    const { view, selected } = model();
    if (view !== 'detail' || selected === null) return;
    const { value } = await context.read((service) => service.show(selected));
    change((before) => detailCame(before, value));
  };

  const followOnce = async (): Promise<void> => {
    try {
      await followLog();
      await readDetail();
    } catch {
      // Pruned, removed, or nobody answers: the overview says what is to be said.
    }
  };

  /** One after the other; what was selected meanwhile is looked at afterwards. */
  const follow = async (): Promise<void> => {
    const before = following;
    const mine = (async () => {
      await before;
      await followOnce();
    })();
    following = mine;
    await mine;
    if (following === mine) following = null;
  };

  return {
    async tick() {
      if (isTicking) return;
      isTicking = true;
      try {
        if (isStale || now() - askedAt >= refreshEveryMs || (await isBack())) await refresh();
        await follow();
      } finally {
        isTicking = false;
      }
    },
    stale() {
      isStale = true;
    },
    follow,
    close() {
      events?.abort();
    },
  };
}

function problemOf(error: unknown): string {
  if (error instanceof Jm2Error) return `${error.summary}. ${error.detail}`;
  return error instanceof Error ? error.message : String(error);
}
