import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { storeContract } from '../contract/store-contract.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { noon } from '../support/store-records.ts';

const directory = mkdtempSync(join(tmpdir(), 'jm2-store-'));
afterAll(() => rmSync(directory, { recursive: true }));

const options = { clock: new FakeClock(noon), ids: systemIds };
let made = 0;

storeContract('SQLite in a file', () => openStore(join(directory, `${(made += 1)}.db`), options));
storeContract('SQLite in memory', () => openStore(':memory:', options));
