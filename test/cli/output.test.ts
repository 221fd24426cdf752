import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createOutput } from '../../src/cli/output.ts';

/** Words on stderr and exit codes after a line of data that stdout does not take. */
async function after(code: string): Promise<{ said: string; exits: number[] }> {
  let said = '';
  const exits: number[] = [];
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: no`), { code })),
  });
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said += chunk.toString();
      done();
    },
  });
  const output = createOutput({
    json: false,
    quiet: true,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: () => stderr as unknown as NodeJS.WriteStream,
    exit: (exit) => exits.push(exit),
  });
  output.text('data');
  await output.flushed();
  return { said, exits };
}

it('says that the output could not be written, and fails', async () => {
  expect(await after('ENOSPC')).toEqual({
    said: 'The output could not be written: ENOSPC: no\n',
    exits: [1],
  });
});

it('ends quietly when the reader has gone', async () => {
  expect(await after('EPIPE')).toEqual({ said: '', exits: [0] });
});

it('breaks remarks between words on a narrow terminal, and commands to copy not', async () => {
  let said = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said += chunk.toString();
      done();
    },
  });
  const output = createOutput({
    json: false,
    quiet: false,
    stdout: process.stdout,
    stderr: () =>
      Object.assign(stderr, { isTTY: true, columns: 24 }) as unknown as NodeJS.WriteStream,
    exit: () => undefined,
  });
  output.note('one two three four five six\n  jm2 explain JM2-M201 --json');
  expect(said).toBe('one two three four five\nsix\n  jm2 explain JM2-M201 --json\n');
});
