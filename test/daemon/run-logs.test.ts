import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRunLogs } from '../../src/daemon/run-logs.ts';
import type { Attempt, Run, RunState } from '../../src/core/runs/run.ts';
import type { JobRecord, StoreReader } from '../../src/store/store.ts';

let runsDir: string;
let runs: Run[];
beforeEach(() => {
  runsDir = mkdtempSync(join(tmpdir(), 'jm2-runs-'));
  runs = [];
});
afterEach(() => rmSync(runsDir, { recursive: true, force: true }));

const minute = (n: number): string => new Date(Date.UTC(2026, 2, 1, 0, n)).toISOString();

/** A run of `job` that started in the given minute, with the output of each attempt. */
function aRun(id: string, job: string, at: number, state: RunState, outputs: string[]): void {
  const startedAt = outputs.length === 0 ? null : Date.parse(minute(at));
  const queuedAt = Date.parse(minute(at));
  const run = { id, job, jobUid: job, state, attempts: outputs.length, startedAt, queuedAt };
  runs.unshift(run as Run);
  for (const [index, text] of outputs.entries()) {
    const directory = join(runsDir, id, String(index + 1));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'log'), text);
  }
}

/** Of the store, what run logs ask for. */
function logs() {
  const store = {
    findJob: (name: string) => ({ uid: name, name }) as JobRecord,
    run: (id: string) => runs.find((run) => run.id === id) ?? null,
    runsByPrefix: (prefix: string) => runs.filter(({ id }) => id.startsWith(prefix)),
    runs: (filter: { jobUid?: string; since?: number; until?: number; limit: number }) =>
      runs
        .filter(({ jobUid }) => filter.jobUid === undefined || jobUid === filter.jobUid)
        .filter(({ queuedAt }) => queuedAt >= (filter.since ?? 0))
        .filter(({ queuedAt }) => queuedAt < (filter.until ?? Number.MAX_SAFE_INTEGER))
        .slice(0, filter.limit),
    attempts: () => [] as Attempt[],
  };
  return createRunLogs(store as unknown as StoreReader, runsDir);
}

const texts = (answer: { lines: readonly { text: string }[] }): string[] =>
  answer.lines.map(({ text }) => text);

describe('run logs', () => {
  test('of a job are those of its newest run that began', () => {
    aRun('r1', 'a', 1, 'succeeded', ['old\n']);
    aRun('r2', 'a', 2, 'succeeded', ['new\n']);
    aRun('r3', 'a', 3, 'queued', []);
    aRun('r4', 'b', 4, 'succeeded', ['other\n']);
    expect(texts(logs().logs({ job: 'a' }))).toEqual(['new']);
    expect(texts(logs().logs({}))).toEqual(['other']);
  });

  test('join the attempts of a run, and the last lines reach back into earlier ones', () => {
    aRun('r1', 'a', 1, 'failed', ['1\n2\n', '3\n4']);
    const { logs: ask } = logs();
    expect(ask({ run: 'r1' })).toEqual({
      lines: ['1', '2', '3', '4'].map((text, index) => ({
        job: 'a',
        run: 'r1',
        attempt: index < 2 ? 1 : 2,
        time: null,
        text,
        ...(text === '4' ? { unfinished: true } : {}),
      })),
      cursor: { run: 'r1', attempt: 2, offset: 3 },
      truncated: false,
    });
    expect(texts(ask({ run: 'r1', lines: 3 }))).toEqual(['2', '3', '4']);
    expect(ask({ run: 'r1', lines: 0 })).toMatchObject({
      lines: [],
      cursor: { attempt: 2, offset: 3 },
    });
  });

  test('of a span of time are those of the runs that started in it, oldest first', () => {
    for (const n of [1, 2, 3, 4]) aRun(`r${n}`, 'a', n, 'succeeded', [`${n}\n`]);
    const span = { job: 'a', since: minute(2), until: minute(4) };
    expect(texts(logs().logs(span))).toEqual(['2', '3']);
    expect(texts(logs().logs({ ...span, lines: 1 }))).toEqual(['3']);
  });

  test('go on behind a cursor, from one attempt to the next, until the run has ended', () => {
    aRun('r1', 'a', 1, 'running', ['1\n', '2\nunfinished']);
    const { logsFrom } = logs();
    const first = logsFrom({ run: 'r1', attempt: 1, offset: 0 });
    expect(texts(first)).toEqual(['1']);
    expect(first).toMatchObject({ cursor: { attempt: 2, offset: 0 }, ended: false });
    const second = logsFrom(first.cursor);
    expect(texts(second)).toEqual(['2']);
    expect(second).toMatchObject({ cursor: { attempt: 2, offset: 2 }, ended: false });
    runs[0] = { ...(runs[0] as Run), state: 'succeeded' };
    const third = logsFrom(second.cursor);
    expect(texts(third)).toEqual(['unfinished']);
    expect(third.ended).toBe(true);
  });

  test('come in pages of ten thousand lines without a gap', () => {
    const all = Array.from({ length: 25_000 }, (_, n) => String(n));
    aRun('r1', 'a', 1, 'succeeded', [`${all.join('\n')}\n`]);
    const { logs: ask, logsFrom } = logs();
    const first = ask({ run: 'r1' });
    expect(first.lines).toHaveLength(10_000);
    expect(first.truncated).toBe(true);
    const seen = texts(first);
    let cursor = first.cursor;
    for (let ended = false; !ended && cursor !== null;) {
      const page = logsFrom(cursor);
      seen.push(...texts(page));
      cursor = page.cursor;
      ended = page.ended;
    }
    expect(seen).toEqual(all);
  });

  test('of a run that is not there, or not named clearly, are refused', () => {
    aRun('r1', 'a', 1, 'succeeded', ['x\n']);
    aRun('r2', 'a', 1, 'succeeded', ['x\n']);
    expect(() => logs().logs({ run: 'zz' })).toThrow(expect.objectContaining({ code: 'JM2-R102' }));
    expect(() => logs().logs({ run: 'r' })).toThrow(expect.objectContaining({ code: 'JM2-R105' }));
    expect(() => logs().logs({ run: '../../etc' })).toThrow(
      expect.objectContaining({ code: 'JM2-R102' }),
    );
  });

  test('whose files were removed are empty', () => {
    aRun('r1', 'a', 1, 'succeeded', ['x\n']);
    rmSync(join(runsDir, 'r1'), { recursive: true });
    expect(logs().logs({ run: 'r1' }).lines).toEqual([]);
    expect(logs().logsFrom({ run: 'r1', attempt: 1, offset: 0 }).ended).toBe(true);
  });
});
