import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  diagnoseStartFailure,
  type StartAttempt,
} from '../../src/executor/launcher/diagnose-start-failure.ts';

const sound: StartAttempt = { argv: ['/bin/true'], cwd: '/', env: { A: 'b' }, user: null };

/** What Node itself makes of such a start. */
function failureOf(start: StartAttempt): unknown {
  try {
    const [program = '', ...args] = start.argv;
    return spawnSync(program, args, { cwd: start.cwd, env: { ...start.env } }).error;
  } catch (error) {
    return error;
  }
}

describe('the reason of a failed start', () => {
  test.each([
    ['an argument', { argv: ['/bin/echo', 'a\0b'] }, 'an argument of the command holds a NUL'],
    ['the program', { argv: ['/bin/ec\0ho'] }, 'an argument of the command holds a NUL'],
    ['the directory', { cwd: '/tmp\0' }, 'the name of the working directory holds a NUL'],
    ['a value', { env: { A: 'a\0b' } }, 'a variable holds a NUL'],
    ['an empty program', { argv: [''] }, 'the command names no program'],
  ] as const)('names what the runtime refuses: %s', (_what, part, detail) => {
    const start = { ...sound, ...part };
    const failure = diagnoseStartFailure(failureOf(start), start);
    expect(failure.detail).toContain(detail);
    expect(failure.detail).not.toMatch(/ERR_|argument \W|Received/);
  });

  test('repeats no message of the runtime', () => {
    const unknown = new TypeError('The "options.x" property must be of type y. Received z');
    expect(diagnoseStartFailure(unknown, sound)).toEqual({
      code: 'other',
      detail: 'the command was refused before the system was asked to start it',
    });
    const system = Object.assign(new Error('spawn /bin/true EIO'), { code: 'EIO' });
    expect(diagnoseStartFailure(system, sound)).toEqual({
      code: 'other',
      detail: 'the system refused the start (EIO)',
    });
  });
});
