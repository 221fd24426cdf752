// What is no backup is told as what it is, before SQLite waits for it or guesses.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Jm2Error } from '../../src/core/diagnostics/jm2-error.ts';
import { whyNoDatabase } from '../../src/store/sqlite/backup-candidate.ts';
import { inspectBackup, writeBackup } from '../../src/store/sqlite/backup-file.ts';
import { connectTo } from '../../src/store/sqlite/copy-store.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { apply, create, noon } from '../support/store-records.ts';

const root = mkdtempSync(join(tmpdir(), 'jm2-odd-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string): string => join(root, name);
const database = at('jm2.db');

/** To root nothing is forbidden, so that another account asks. */
function asAnother<Answer>(ask: () => Answer): Answer {
  if (process.getuid?.() !== 0) return ask();
  process.seteuid?.(65_534);
  try {
    return ask();
  } finally {
    process.seteuid?.(0);
  }
}

const write = (name: string): unknown =>
  writeBackup({ database, file: at(name), madeAt: noon, logsOf: null });

function changed(name: string, sql: string): void {
  copyFileSync(at('good'), at(name));
  const connection = connectTo(at(name), false);
  connection.exec(sql);
  connection.close();
}

beforeAll(() => {
  const store = openStore(database, { clock: new FakeClock(noon), ids: systemIds });
  apply(store, create('backup'));
  store.close();
  write('good');
  mkdirSync(at('directory'));
  execFileSync('mkfifo', [at('pipe')]);
  writeFileSync(at('empty'), '');
  writeFileSync(at('text'), 'version: 1\n');
  writeFileSync(at('long-text'), 'version: 1\n'.repeat(1_000));
  symlinkSync('nowhere', at('dangling'));
  copyFileSync(at('good'), at('cut'));
  truncateSync(at('cut'), 20_000);
  copyFileSync(at('good'), at('barely'));
  truncateSync(at('barely'), 60);
  writeFileSync(at('damaged'), readFileSync(at('good')).fill(0x5a, 8_192, 40_960));
  changed('newer', 'PRAGMA user_version = 99');
  changed('foreign', 'PRAGMA foreign_keys = OFF; DROP TABLE jobs');
  changed('x.4711.part', "DELETE FROM facts WHERE key = 'backup.made'");
});

function refusalOf(file: string): Jm2Error {
  try {
    inspectBackup(file);
  } catch (error) {
    if (error instanceof Jm2Error) return error;
  }
  throw new Error(`${file} was taken for a backup`);
}

describe('a file that is no backup', () => {
  it.each([
    ['directory', 'it is a directory'],
    ['pipe', 'it is no ordinary file'],
    ['/dev/null', 'it is no ordinary file'],
    ['/dev/zero', 'it is no ordinary file'],
    ['missing', 'there is no such file'],
    ['text/below', 'there is no such file'],
    ['dangling', 'there is no such file'],
    ['empty', 'it is empty'],
    ['text', 'it is no database'],
    ['long-text', 'it is no database'],
    ['cut', /^it is cut off: 20,000 of [\d,]+ bytes$/],
    ['barely', /^it is cut off: 60 of [\d,]+ bytes$/],
    ['damaged', /^it (is damaged|cannot be read as a database): /],
    ['foreign', 'it is a database, but not a store of jm2'],
    ['x.4711.part', 'it is a draft: jm2 backup is still writing it, or was cut off'],
  ])('%s: %s', (name, words) => {
    const file = name.startsWith('/') ? name : at(name);
    const { code, detail } = refusalOf(file);
    expect([code, detail.slice(0, file.length + 2)]).toEqual(['JM2-T112', `${file}: `]);
    expect(detail.slice(file.length + 2)).toMatch(words);
    // The path once, and nothing of the store's own advice.
    expect(detail.split(file)).toHaveLength(2);
  });

  it('comes from a newer version: says so of the backup, not of the store', () => {
    expect(refusalOf(at('newer'))).toMatchObject({
      code: 'JM2-T102',
      detail: expect.stringMatching(/^The backup .*newer has schema version 99;/),
      hint: expect.stringContaining('Use the jm2 that made it'),
    });
  });

  it('may not be read', () => {
    writeFileSync(at('private'), 'secret', { mode: 0o000 });
    chmodSync(root, 0o755);
    expect(asAnother(() => whyNoDatabase(at('private')))).toBe('you may not read it');
  });
});

describe('a backup', () => {
  it('removes the draft that a killed one to the same file left, and no other', () => {
    const ended = String(spawnSync('true').pid);
    for (const name of [`good.${ended}.part`, `good.${process.pid}.part`, `other.${ended}.part`]) {
      writeFileSync(at(name), 'half');
    }
    write('good2');
    write('good');
    const drafts = readdirSync(root).filter((name) => name.endsWith('.part'));
    expect(drafts).toEqual([`other.${ended}.part`, 'x.4711.part']);
  });

  it('may have a name that ends like one of a draft', () => {
    write('mine.7.part');
    expect(inspectBackup(at('mine.7.part'))).toMatchObject({ madeAt: noon, jobs: 1 });
    rmSync(at('mine.7.part'));
  });
});
