import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptExit } from '../../src/core/runs/run.ts';
import { readExit, writeExit } from '../../src/executor/exit-file.ts';
import { LineSplitter } from '../../src/executor/launcher/protocol.ts';
import {
  claimForRecovery,
  readToken,
  recordStart,
  takeToken,
} from '../../src/executor/start-token.ts';

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'jm2-files-')), 'run', '1');
});
afterEach(() => rmSync(join(directory, '..', '..'), { recursive: true }));

describe('the start token', () => {
  it('is taken once, by whoever comes first', () => {
    const descriptor = takeToken(directory, { pid: 5, start: '77' });
    expect(descriptor).not.toBeNull();
    expect(takeToken(directory, { pid: 6, start: '78' })).toBeNull();
    expect(claimForRecovery(directory)).toBe(false);
    closeSync(descriptor ?? -1);
  });

  it('tells who took it, then which process runs', () => {
    const descriptor = takeToken(directory, { pid: 5, start: '77' }) ?? -1;
    expect(readToken(directory)).toEqual({
      owner: { kind: 'launcher', pid: 5, start: '77' },
      started: null,
    });
    recordStart(descriptor, { pid: 9, processStart: 'Sat Nov 21', at: 1_000, logMaxBytes: 4_096 });
    closeSync(descriptor);
    expect(readToken(directory)?.started).toEqual({
      pid: 9,
      processStart: 'Sat Nov 21',
      at: 1_000,
      logMaxBytes: 4_096,
    });
  });

  it('that recovery has is known as such', () => {
    expect(readToken(directory)).toBeNull();
    expect(claimForRecovery(directory)).toBe(true);
    expect(readToken(directory)).toEqual({ owner: { kind: 'recovery' }, started: null });
  });

  it('of recovery is there with its name or not at all, whatever a crash left', () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'started.recovery'), 'jm2 1 rec');
    expect(readToken(directory)).toBeNull();
    expect(claimForRecovery(directory)).toBe(true);
    expect(readToken(directory)?.owner).toEqual({ kind: 'recovery' });
    expect(readdirSync(directory)).toEqual(['started']);
  });

  it('with half a line does not name a process', () => {
    closeSync(takeToken(directory, { pid: 5, start: '77' }) ?? -1);
    writeFileSync(join(directory, 'started'), 'jm2 1 5 77\n123');
    expect(readToken(directory)?.started).toBeNull();
  });
});

describe('the exit file', () => {
  const exits: AttemptExit[] = [
    { kind: 'exited', code: 3, at: 1 },
    { kind: 'signaled', signal: 'SIGKILL', at: 2 },
    { kind: 'not_started', failure: { code: 'cwd_missing', detail: 'gone' }, at: 3 },
    { kind: 'lost', reason: 'nobody saw it', at: 4 },
    { kind: 'exited', code: 0, at: 5, notes: [{ code: 'log_cut', text: 'cut', at: 5 }] },
  ];

  it.each(exits)('gives back what was written: $kind', (exit) => {
    claimForRecovery(directory);
    writeExit(directory, exit);
    expect(readExit(directory)).toEqual(exit);
    expect(readFileSync(join(directory, 'exit'), 'utf8').endsWith('}\n')).toBe(true);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"kind":"exited","at":1}',
    '{"kind":"exited","code":"0","at":1}',
    '{"kind":"exited","code":0}',
    '{"kind":"not_started","failure":{"code":"toString","detail":""},"at":1}',
  ])('that says %s is not believed', (text) => {
    claimForRecovery(directory);
    writeFileSync(join(directory, 'exit'), text);
    expect(readExit(directory)).toBeNull();
  });
});

it('leaves out notes that it does not understand, and keeps the end', () => {
  claimForRecovery(directory);
  const notes = '[{"code":"of_a_later_version","text":"x","at":1},{"code":"log_cut"},7]';
  writeFileSync(join(directory, 'exit'), `{"kind":"exited","code":0,"at":1,"notes":${notes}}`);
  expect(readExit(directory)).toEqual({ kind: 'exited', code: 0, at: 1 });
});

describe('lines between daemon and launcher', () => {
  it('survive any division into chunks, also within a character', () => {
    const bytes = Buffer.from('{"a":"é€😀"}\n\n{"b":1}\nrest');
    for (let size = 1; size <= bytes.length; size += 1) {
      const splitter = new LineSplitter();
      const lines: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        lines.push(...splitter.push(bytes.subarray(at, at + size)));
      }
      expect(lines).toEqual(['{"a":"é€😀"}', '', '{"b":1}']);
    }
  });
});
