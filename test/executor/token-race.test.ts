import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readToken } from '../../src/executor/start-token.ts';
import { bundle } from '../support/bundle.ts';

const rounds = 2_000;
let racer: string;
let place: string;

beforeAll(async () => {
  racer = await bundle('test/fixtures/executor/race-for-token.ts');
  place = await mkdtemp(join(tmpdir(), 'jm2-race-'));
});
afterAll(async () => {
  await rm(dirname(racer), { recursive: true });
  await rm(place, { recursive: true });
});

it(`launcher and recovery, two processes, race for ${rounds} start tokens: each has one winner`, async () => {
  // Both have loaded by then; a machine that is slower only makes some rounds uneven.
  const begin = String(process.hrtime.bigint() + 400_000_000n);
  const race = async (side: string): Promise<number[]> => {
    const args = [racer, place, String(rounds), side, begin];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout) as number[];
  };
  const [launcher, recovery] = await Promise.all([race('launcher'), race('recovery')]);
  const winners = [...launcher, ...recovery].toSorted((a, b) => a - b);
  expect(winners).toEqual(Array.from({ length: rounds }, (_, round) => round));
  const owners = winners.map((round) => readToken(join(place, String(round), '1'))?.owner?.kind);
  expect(owners.filter((kind) => kind === 'launcher')).toHaveLength(launcher.length);
  expect(owners.filter((kind) => kind === 'recovery')).toHaveLength(recovery.length);
});
