import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRunLogs } from '../../src/daemon/run-logs.ts';
import { redactionOf, type Redaction } from '../../src/executor/redact-log.ts';
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

let redaction: Redaction | null = null;
let unreadable: string[] = [];

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
  return createRunLogs(store as unknown as StoreReader, runsDir, async () => ({
    redaction,
    unreadable,
    replaced: [],
  }));
}

const texts = (answer: { lines: readonly { text: string }[] }): string[] =>
  answer.lines.map(({ text }) => text);

describe('run logs', () => {
  test('of a job are those of its newest run that began', async () => {
    aRun('r1', 'a', 1, 'succeeded', ['old\n']);
    aRun('r2', 'a', 2, 'succeeded', ['new\n']);
    aRun('r3', 'a', 3, 'queued', []);
    aRun('r4', 'b', 4, 'succeeded', ['other\n']);
    expect(texts(await logs().logs({ job: 'a' }))).toEqual(['new']);
    expect(texts(await logs().logs({}))).toEqual(['other']);
  });

  test('join the attempts of a run, and the last lines reach back into earlier ones', async () => {
    aRun('r1', 'a', 1, 'failed', ['1\n2\n', '3\n4']);
    const { logs: ask } = logs();
    expect(await ask({ run: 'r1' })).toEqual({
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
      replaced: [],
    });
    expect(texts(await ask({ run: 'r1', lines: 3 }))).toEqual(['2', '3', '4']);
    expect(await ask({ run: 'r1', lines: 0 })).toMatchObject({
      lines: [],
      cursor: { attempt: 2, offset: 3 },
    });
  });

  test('of a span of time are those of the runs that started in it, oldest first', async () => {
    for (const n of [1, 2, 3, 4]) aRun(`r${n}`, 'a', n, 'succeeded', [`${n}\n`]);
    const span = { job: 'a', since: minute(2), until: minute(4) };
    expect(texts(await logs().logs(span))).toEqual(['2', '3']);
    expect(texts(await logs().logs({ ...span, lines: 1 }))).toEqual(['3']);
  });

  test('go on behind a cursor, from one attempt to the next, until the run has ended', async () => {
    aRun('r1', 'a', 1, 'running', ['1\n', '2\nunfinished']);
    const { logsFrom } = logs();
    const first = await logsFrom({ run: 'r1', attempt: 1, offset: 0 });
    expect(texts(first)).toEqual(['1']);
    expect(first).toMatchObject({ cursor: { attempt: 2, offset: 0 }, ended: false });
    const second = await logsFrom(first.cursor);
    expect(texts(second)).toEqual(['2']);
    expect(second).toMatchObject({ cursor: { attempt: 2, offset: 2 }, ended: false });
    runs[0] = { ...(runs[0] as Run), state: 'succeeded' };
    const third = await logsFrom(second.cursor);
    expect(texts(third)).toEqual(['unfinished']);
    expect(third.ended).toBe(true);
  });

  test('come in pages of ten thousand lines without a gap', async () => {
    const all = Array.from({ length: 25_000 }, (_, n) => String(n));
    aRun('r1', 'a', 1, 'succeeded', [`${all.join('\n')}\n`]);
    const { logs: ask, logsFrom } = logs();
    const first = await ask({ run: 'r1' });
    expect(first.lines).toHaveLength(10_000);
    expect(first.truncated).toBe(true);
    const seen = texts(first);
    let cursor = first.cursor;
    for (let ended = false; !ended && cursor !== null;) {
      const page = await logsFrom(cursor);
      seen.push(...texts(page));
      cursor = page.cursor;
      ended = page.ended;
    }
    expect(seen).toEqual(all);
  });

  test('of a run that is not there, or not named clearly, are refused', async () => {
    aRun('r1', 'a', 1, 'succeeded', ['x\n']);
    aRun('r2', 'a', 1, 'succeeded', ['x\n']);
    await expect(logs().logs({ run: 'zz' })).rejects.toThrow(
      expect.objectContaining({ code: 'JM2-R102' }),
    );
    await expect(logs().logs({ run: 'r' })).rejects.toThrow(
      expect.objectContaining({ code: 'JM2-R105' }),
    );
    await expect(logs().logs({ run: '../../etc' })).rejects.toThrow(
      expect.objectContaining({ code: 'JM2-R102' }),
    );
  });

  test('whose files were removed are empty', async () => {
    aRun('r1', 'a', 1, 'succeeded', ['x\n']);
    rmSync(join(runsDir, 'r1'), { recursive: true });
    expect((await logs().logs({ run: 'r1' })).lines).toEqual([]);
    expect((await logs().logsFrom({ run: 'r1', attempt: 1, offset: 0 })).ended).toBe(true);
  });

  test('hide the secrets of the job, wherever pages and lines are cut', async () => {
    redaction = redactionOf(['correct-horse-7']);
    const long = `${'x'.repeat(64 * 1024 - 5)}correct-horse-7 and on`;
    aRun('r1', 'a', 1, 'succeeded', [`token=correct-horse-7;\n${long}\n`]);
    const answer = await logs().logs({ run: 'r1' });
    const shown = texts(answer);
    expect(shown[0]).toBe('token=***;');
    expect(shown.slice(1).join('')).toBe(`${'x'.repeat(64 * 1024 - 5)}****** and on`);
    redaction = null;
  });

  test('that may hold a secret which cannot be read are withheld, unless asked for unmasked', async () => {
    unreadable = ['PW'];
    aRun('r1', 'a', 1, 'succeeded', ['pw=correct-horse-7\n']);
    aRun('r2', 'b', 2, 'failed', ['']);
    const { logs: ask, logsFrom } = logs();
    const start = { run: 'r1', attempt: 1, offset: 0 };
    const asking = [
      () => ask({ run: 'r1' }),
      () => ask({ job: 'a', lines: 1 }),
      () => logsFrom(start),
    ];
    for (const asked of asking) {
      await expect(asked()).rejects.toThrow(
        expect.objectContaining({ code: 'JM2-R110', detail: expect.stringContaining('of PW,') }),
      );
    }
    expect((await ask({ run: 'r2' })).lines).toEqual([]);
    expect(texts(await ask({ run: 'r1', unmasked: true }))).toEqual(['pw=correct-horse-7']);
    expect(texts(await logsFrom({ ...start, unmasked: true }))).toEqual(['pw=correct-horse-7']);
    unreadable = [];
  });
});
