import { spawn, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';

const hasStrace = spawnSync('strace', ['-V']).status === 0;

interface Row {
  readonly killed: string;
  readonly step: string;
  readonly outcome: string | null;
  readonly violations: readonly string[];
}

/** A few steps of the sweep; `npm run crash-sweep` takes every one. */
const chosen = [
  'daemon:fsync:1',
  'daemon:write:1:write start',
  'daemon:fsync:3',
  'launcher:openat:1:openat started',
  'launcher:rename:1:rename exit',
  'both-launcher:rename:1:rename exit',
];
/** A few of the writes of an apply; `npm run crash-sweep -- --apply` takes every one. */
const chosenApplies = ['swap:pwrite64:5', 'removal:fsync:1', 'removal:writev:2', 'confirm:fsync:1'];
interface ApplyRow extends Row {
  readonly scene: string;
  readonly isReached: boolean;
}
let rows: readonly Row[] = [];
let applies: readonly ApplyRow[] = [];

/** Its rows. */
async function sweep<T>(cases: readonly string[], ...more: string[]): Promise<readonly T[]> {
  const named = cases.flatMap((one) => ['--case', one]);
  const args = ['scripts/crash-sweep.mjs', '--json', ...more, ...named];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await new Promise((done) => child.once('close', done));
  return (JSON.parse(stdout) as { rows: T[] }).rows;
}

function rowOf(killed: string, step: string): Row | undefined {
  return rows.find((row) => row.killed === killed && row.step === step);
}

describe.runIf(hasStrace)('a crash at a chosen step [platform: needs strace]', () => {
  beforeAll(async () => {
    rows = await sweep<Row>(chosen, '--jobs', '3');
    applies = await sweep<ApplyRow>(chosenApplies, '--apply', '--jobs', '4');
  }, 120_000);

  it('leaves one run with the outcome that the protocol demands, in every case', () => {
    expect(rows).toHaveLength(chosen.length);
    expect(rows.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('between the intent and the hand-over: recovery wins the token and starts it, once', () => {
    expect(rowOf('daemon', 'write start')?.outcome).toBe('started by recovery');
  });

  it('of the launcher before it has the token: its successor starts the command', () => {
    // The two words differ by milliseconds on the clock of whoever saw the kill.
    expect(rowOf('launcher', 'openat started')?.outcome).toMatch(/^(started after it|adopted)$/);
  });

  it('of the launcher before it has written the end: lost, never a success', () => {
    expect(rowOf('launcher', 'rename exit')?.outcome).toBe('lost');
  });

  it('of both after the end is written: the next daemon believes the exit file', () => {
    expect(rowOf("both, at the launcher's", 'rename exit')?.outcome).toBe('finalised');
  });

  it('of an apply leaves the old or the new state whole, and the same asked again succeeds', () => {
    expect(applies).toHaveLength(chosenApplies.length);
    expect(applies.flatMap(({ violations }) => violations)).toEqual([]);
    expect(applies.filter(({ isReached }) => isReached).length).toBeGreaterThan(1);
  });

  it('of an apply before its commit leaves the old state, after it the new one', () => {
    const reached = (scene: string, step: string) =>
      applies.find((one) => one.scene === scene && one.step === step && one.isReached)?.outcome;
    expect(reached('swap', 'pwrite64') ?? 'old').toBe('old');
    expect(reached('removal', 'writev applied') ?? 'new').toBe('new');
  });
});
