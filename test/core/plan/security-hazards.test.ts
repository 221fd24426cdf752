// What a change lets a command do that it could not do before.
import { expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import { securityWidened } from '../../../src/core/plan/security-hazards.ts';
import { aJob } from '../../support/store-records.ts';

const file = (path: string) => ({ from: 'file', path, modeCheck: true }) as const;
const argv = { kind: 'argv', argv: ['true'] } as const;
const shell = { kind: 'shell', text: 'true', shell: '/bin/sh' } as const;

it.each<[string, Partial<Job>, Partial<Job>, string]>([
  [
    'another account',
    {},
    { user: 'app' },
    'The command runs as "app" instead of the daemon\'s account.',
  ],
  [
    'a shell',
    { command: argv },
    { command: shell },
    'The command goes through a shell, which it did not.',
  ],
  ['a reference', {}, { env: { A: file('/k') } }, 'It is given A.'],
  ['a reference for a value', { env: { A: '1' } }, { env: { A: file('/k') } }, 'It is given A.'],
  ['another source', { env: { A: file('/j') } }, { env: { A: file('/k') } }, 'It is given A.'],
  ['a secret by its name', {}, { env: { API_TOKEN: 'x' } }, 'It is given API_TOKEN.'],
  ['what it inherits', { inheritEnv: ['B'] }, { inheritEnv: ['B', 'A'] }, 'It is given A.'],
  ['a file of variables', {}, { envFile: ['prod.env'] }, 'It is given what prod.env holds.'],
  [
    'a directory above',
    { cwd: '/srv/app' },
    { cwd: '/srv' },
    'It works in /srv, above the /srv/app of before.',
  ],
  ['the root', { cwd: '/srv/app' }, { cwd: '/' }, 'It works in /, above the /srv/app of before.'],
  [
    'an open umask',
    { umask: '077' },
    { umask: '027' },
    'Its files are made with umask 027 instead of 077.',
  ],
  [
    'no umask of its own',
    { umask: '077' },
    {},
    'Its files are made with umask 022 instead of 077.',
  ],
  [
    'limits that go',
    { limits: { openFiles: 5, memoryBytes: 10, processes: 3 } },
    { limits: { memoryBytes: 20, processes: 3 } },
    'Its limits are lifted: open_files, memory.',
  ],
])('%s is told', (_, before, after, detail) => {
  expect(securityWidened(aJob('a', before), aJob('a', after))).toMatchObject([
    { code: 'security_widened', severity: 'medium', detail },
  ]);
});

it.each<[string, Partial<Job>, Partial<Job>]>([
  ['the same', { user: 'app', cwd: '/srv' }, { user: 'app', cwd: '/srv' }],
  ['another command of the shell', { command: shell }, { command: { ...shell, text: 'false' } }],
  ['a vector for a shell', { command: shell }, { command: argv }],
  ['a plain variable', {}, { env: { KEEP: '7' } }],
  ['another value of a secret', { env: { API_TOKEN: 'x' } }, { env: { API_TOKEN: 'y' } }],
  ['a reference as before', { env: { A: file('/k') } }, { env: { A: file('/k') } }],
  ['what is taken away', { inheritEnv: ['A'], envFile: ['a'], env: { A: file('/k') } }, {}],
  ['a directory below or beside', { cwd: '/srv' }, { cwd: '/srv-app' }],
  ['a directory where the manifest was', {}, { cwd: '/' }],
  ['a narrow umask', {}, { umask: '077' }],
  [
    'limits that come or narrow',
    { limits: { openFiles: 5 } },
    { limits: { openFiles: 4, memoryBytes: 9 } },
  ],
])('%s is no news', (_, before, after) => {
  expect(securityWidened(aJob('a', before), aJob('a', after))).toEqual([]);
});

it('tells several at once, and root is what weighs most', () => {
  const [one] = securityWidened(
    aJob('a', { command: argv }),
    aJob('a', { command: shell, user: 'root' }),
  );
  expect(one).toMatchObject({
    severity: 'high',
    detail:
      'The command runs as "root" instead of the daemon\'s account. The command goes through a shell, which it did not.',
  });
});
