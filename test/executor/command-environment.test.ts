import { describe, expect, it } from 'vitest';
import { accountFor, commandEnvironment } from '../../src/executor/command-environment.ts';

const input = {
  account: { name: 'ann', uid: 1000, gid: 1000, home: '/home/ann', shell: '/bin/bash' },
  runId: '01j00000000000000000000000',
  job: 'dump-shop',
  attempt: 2,
  nominalTime: Date.parse('2026-03-01T02:00:00Z'),
  inherited: {},
  declared: {},
  lang: undefined,
};

describe('the environment of a command', () => {
  it('is made of a safe path, the account, the run, and nothing else', () => {
    expect(commandEnvironment(input)).toEqual({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/home/ann',
      USER: 'ann',
      LOGNAME: 'ann',
      SHELL: '/bin/bash',
      LANG: 'C.UTF-8',
      JM2_RUN_ID: '01j00000000000000000000000',
      JM2_JOB: 'dump-shop',
      JM2_ATTEMPT: '2',
      JM2_NOMINAL_TIME: '2026-03-01T02:00:00.000Z',
    });
  });

  it('takes declared variables over its own, but not the names of the run', () => {
    const declared = { PATH: '/opt/bin', HOME: '/srv', JM2_RUN_ID: 'forged', BACKUP_DIR: '/b' };
    expect(commandEnvironment({ ...input, declared, lang: 'de_DE.UTF-8' })).toMatchObject({
      PATH: '/opt/bin',
      HOME: '/srv',
      BACKUP_DIR: '/b',
      LANG: 'de_DE.UTF-8',
      JM2_RUN_ID: input.runId,
    });
  });

  it('of a manual run has no nominal time', () => {
    const environment = commandEnvironment({ ...input, nominalTime: null });
    expect(Object.keys(environment)).not.toContain('JM2_NOMINAL_TIME');
  });

  it('can be built for an account that the machine does not know', () => {
    expect(accountFor('no-such-user')).toMatchObject({ name: 'no-such-user', home: '/' });
    expect(accountFor('root')).toMatchObject({ name: 'root', uid: 0, gid: 0 });
  });
});
