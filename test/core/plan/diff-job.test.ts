import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import { diffJob } from '../../../src/core/plan/diff-job.ts';
import { maskEnv, maskJob } from '../../../src/core/plan/mask.ts';
import type { Schedule } from '../../../src/core/schedule/schedule.ts';
import { aJob } from '../../support/store-records.ts';
import { load } from '../manifest/load.ts';
import { cron, every } from './plan-states.ts';

const once = (written: string, at: string): Schedule => {
  const { kind: _, intervalMs: __, anchor: ___, ...rest } = every(1, { written });
  return { ...rest, kind: 'at', instant: Date.parse(at) };
};

describe('the fields of a changed job', () => {
  const retry = aJob('a').retry;
  const cases: [Partial<Job>, Partial<Job>, [string, unknown, unknown, string][]][] = [
    [{}, { timeoutMs: 2_700_000 }, [['/timeout', null, '45m', 'next_run']]],
    [
      { schedules: [cron('0 3 * * *')] },
      { schedules: [cron('0 4 * * *')] },
      [['/schedule', '0 3 * * *', '0 4 * * *', 'schedule']],
    ],
    [
      { schedules: [cron('0 3 * * *')] },
      { schedules: [cron('0 3 * * *', { jitterMs: 300_000, timezone: 'Asia/Tokyo' })] },
      [
        [
          '/schedule',
          '0 3 * * *',
          { cron: '0 3 * * *', timezone: 'Asia/Tokyo', jitter: '5m' },
          'schedule',
        ],
      ],
    ],
    [
      { schedules: [] },
      { schedules: [every(30_000), cron('@daily', { expression: '0 0 * * *' })] },
      [['/schedule', null, ['every 30s', '@daily'], 'schedule']],
    ],
    // A named schedule that was defined anew is spelled as before.
    [
      { schedules: [cron('@office', { expression: '0 9 * * *' })] },
      { schedules: [cron('@office', { expression: '0 8 * * *' })] },
      [
        [
          '/schedule',
          { cron: '0 9 * * *', timezone: 'UTC' },
          { cron: '0 8 * * *', timezone: 'UTC' },
          'schedule',
        ],
      ],
    ],
    [
      { schedules: [every(3_600_000, { written: '@shift' })] },
      { schedules: [every(3_600_000, { written: '@shift', anchor: 1_800_000 })] },
      [
        [
          '/schedule',
          '@shift',
          { every: '@shift', anchor: '1970-01-01T00:30:00+00:00' },
          'schedule',
        ],
      ],
    ],
    [
      { schedules: [every(3_600_000, { written: '@shift' })] },
      { schedules: [every(7_200_000, { written: '@shift' })] },
      [
        [
          '/schedule',
          { every: '1h', timezone: 'UTC' },
          { every: '2h', timezone: 'UTC' },
          'schedule',
        ],
      ],
    ],
    [
      { schedules: [once('@release', '2026-05-01T09:00Z')] },
      { schedules: [once('@release', '2026-05-02T09:00Z')] },
      [
        [
          '/schedule',
          { at: '2026-05-01T09:00:00+00:00', timezone: 'UTC' },
          { at: '2026-05-02T09:00:00+00:00', timezone: 'UTC' },
          'schedule',
        ],
      ],
    ],
    [
      { schedules: [cron('0 3 * * *')] },
      {
        schedules: [
          cron('0 3 * * *', {
            from: Date.parse('2026-05-01T00:00Z'),
            dstGap: 'skip',
            dstOverlap: 'both',
          }),
        ],
      },
      [
        [
          '/schedule',
          '0 3 * * *',
          {
            cron: '0 3 * * *',
            dst_gap: 'skip',
            dst_overlap: 'both',
            from: '2026-05-01T00:00:00+00:00',
          },
          'schedule',
        ],
      ],
    ],
    [
      { retention: { runs: 5, ageMs: null, logBytes: null } },
      { retention: { runs: null, ageMs: 86_400_000, logBytes: 1000 } },
      [
        ['/retention/runs', 5, null, 'capacity'],
        ['/retention/age', null, '1d', 'capacity'],
        ['/log/keep', null, '1kB', 'capacity'],
      ],
    ],
    // Another spelling of the same rule is no change of schedule.
    [
      { schedules: [cron('@daily', { expression: '0 0 * * *' })] },
      { schedules: [cron('0 0 * * *')] },
      [['/schedule', '@daily', '0 0 * * *', 'cosmetic']],
    ],
    [
      { command: { kind: 'shell', text: 'make', shell: '/bin/sh' } },
      { command: { kind: 'shell', text: 'make', shell: '/bin/bash' } },
      [['/shell', null, '/bin/bash', 'next_run']],
    ],
    [
      {},
      { command: { kind: 'argv', argv: ['ls', '-l'] } },
      [['/command', 'echo a', ['ls', '-l'], 'next_run']],
    ],
    [
      { env: { API_TOKEN: 'one', PLAIN: 'x', 'a/b~c': '1' } },
      { env: { API_TOKEN: 'two', PLAIN: 'y', DB_PASSWORD: 'z' } },
      [
        ['/env/API_TOKEN', '***', '***', 'next_run'],
        ['/env/DB_PASSWORD', null, '***', 'next_run'],
        ['/env/PLAIN', 'x', 'y', 'next_run'],
        ['/env/a~1b~0c', '1', null, 'next_run'],
      ],
    ],
    [{ env: { A: '1', B: '2' } }, { env: { B: '2', A: '1' } }, []],
    [
      {},
      { retry: { ...retry, limit: 3, delayMs: 30_000, on: [75] } },
      [
        ['/retry/limit', 0, 3, 'next_run'],
        ['/retry/delay', '1s', '30s', 'next_run'],
        ['/retry/on', ['exit', 'timeout', 'signal', 'start'], [75], 'next_run'],
      ],
    ],
    [
      { env: { TOKEN: 'in clear', PW: { from: 'file', path: 'a', modeCheck: true } } },
      {
        env: {
          TOKEN: { from: 'env', key: 'TOKEN' },
          PW: { from: 'file', path: 'a', modeCheck: false },
        },
      },
      [
        [
          '/env/PW',
          { from: 'file', path: 'a' },
          { from: 'file', path: 'a', mode_check: false },
          'next_run',
        ],
        ['/env/TOKEN', '***', { from: 'env', key: 'TOKEN' }, 'next_run'],
      ],
    ],
    [
      {},
      { limits: { openFiles: 9, cpuTimeMs: 60_000, memoryBytes: 2 ** 30 }, nice: 5, umask: '027' },
      [
        ['/umask', null, '027', 'security'],
        ['/nice', null, 5, 'next_run'],
        ['/limits/open_files', null, 9, 'next_run'],
        ['/limits/cpu_time', null, '1m', 'next_run'],
        ['/limits/memory', null, '1GiB', 'next_run'],
      ],
    ],
    [
      { envFile: ['a'] },
      { envFile: ['a', 'b'], inheritEnv: ['X'], kill: { ...aJob('a').kill, leftovers: true } },
      [
        ['/env_file', ['a'], ['a', 'b'], 'next_run'],
        ['/inherit_env', [], ['X'], 'next_run'],
        ['/kill/leftovers', false, true, 'next_run'],
      ],
    ],
    [{}, { concurrency: 'queue' }, [['/concurrency', 'forbid', 'queue', 'capacity']]],
    [{}, { user: 'backup' }, [['/user', null, 'backup', 'security']]],
    [
      {},
      { description: 'x', runbook: 'r.md', tags: ['y'] },
      [
        ['/description', null, 'x', 'cosmetic'],
        ['/runbook', null, 'r.md', 'cosmetic'],
        ['/tags', [], ['y'], 'cosmetic'],
      ],
    ],
    [{}, { log: { maxSizeBytes: 1024 ** 2 } }, [['/log/max_size', '10MB', '1MiB', 'next_run']]],
    [
      {},
      { kill: { signal: 'INT', graceMs: 60_000, leftovers: false } },
      [
        ['/kill/signal', 'TERM', 'INT', 'next_run'],
        ['/kill/grace', '10s', '1m', 'next_run'],
      ],
    ],
    [
      { timezone: 'UTC' },
      { timezone: 'Asia/Tokyo', schedules: [cron('* * * * *', { timezone: 'Asia/Tokyo' })] },
      [
        [
          '/schedule',
          { cron: '* * * * *', timezone: 'UTC' },
          { cron: '* * * * *', timezone: 'Asia/Tokyo' },
          'schedule',
        ],
        ['/timezone', 'UTC', 'Asia/Tokyo', 'schedule'],
      ],
    ],
  ];
  it.each(cases)('%j → %j', (before, after, expected) => {
    expect(
      diffJob(aJob('a', before), aJob('a', after)).map((field) => [
        field.path,
        field.before,
        field.after,
        field.effect,
      ]),
    ).toEqual(expected);
  });

  it('lists what a new job sets, and the same for one that leaves', () => {
    const job = aJob('a', { env: { KEY: 'k' }, timeoutMs: 5000 });
    const set = [
      ['/schedule', '* * * * *'],
      ['/command', 'echo a'],
      ['/env/KEY', '***'],
      ['/timeout', '5s'],
    ];
    const created = diffJob(null, job);
    expect(created.map((field) => [field.path, field.after])).toEqual(set);
    expect(created.every((field) => field.before === null)).toBe(true);
    const deleted = diffJob(job, null);
    expect(deleted.map((field) => [field.path, field.before])).toEqual(set);
    expect(deleted.every((field) => field.after === null)).toBe(true);
  });
});

describe('masking', () => {
  it.each([
    ['API_TOKEN', 'x', true],
    ['db_password_file', 'x', true],
    ['db_passwd', 'x', true],
    ['SecretSauce', 'x', true],
    ['aws_credentials', 'x', true],
    ['SSH_KEY', 'x', true],
    ['MONKEY', 'x', true],
    ['url', 'postgres://u:pw0@h/d', true],
    ['url', 'postgres://u@h/d', false],
    ['HEADER', `ghp_${'a'.repeat(36)}`, true],
    ['PATH', '/bin', false],
    ['USER', 'root', false],
  ])('of %s=%s: %s', (name, value, isMasked) => {
    expect(maskEnv({ [name]: value })).toEqual({ [name]: isMasked ? '***' : value });
  });

  it('keeps names and order', () => {
    expect(Object.entries(maskEnv({ B: '1', A_KEY: '2' }))).toEqual([
      ['B', '1'],
      ['A_KEY', '***'],
    ]);
  });

  it.each([
    ['psql postgres://u:pw0@h/d -c x', 'psql postgres://u:***@h/d -c x'],
    ['PGPASSWORD=swordfish pg_dump db', 'PGPASSWORD=*** pg_dump db'],
    ['PGPASSWORD=$SECRET pg_dump db', 'PGPASSWORD=$SECRET pg_dump db'],
    [`curl -H "A: ghp_${'a'.repeat(36)}" x`, 'curl -H "A: ***" x'],
    ['echo hello', 'echo hello'],
  ])('hides the part of a command that is a secret: %s', (text, shown) => {
    const command = { kind: 'shell', text, shell: '/bin/sh' } as const;
    expect(maskJob(aJob('a', { command })).command).toEqual({ ...command, text: shown });
    const argv = maskJob(aJob('a', { command: { kind: 'argv', argv: ['sh', '-c', text] } }));
    expect(argv.command).toEqual({ kind: 'argv', argv: ['sh', '-c', shown] });
  });

  it('hides whatever the linter warns of', () => {
    const samples = [
      ['url', 'postgres://u:pw0@h/d'],
      ['db_passwd', 'hunter22'],
      ['SIGNING', '-----BEGIN RSA PRIVATE KEY-----'],
    ] as const;
    for (const [name, value] of samples) {
      const text = `version: 1\njobs:\n  a: {command: x, env: {${name}: "${value}"}}\n`;
      const { manifest, diagnostics } = load(text);
      expect(diagnostics.map(({ code }) => code)).toEqual(['JM2-M305']);
      expect(diffJob(null, manifest?.jobs[0] ?? null)).toContainEqual(
        expect.objectContaining({ path: `/env/${name}`, after: '***' }),
      );
    }
  });

  it('shows that a secret within a command changed', () => {
    const of = (password: string) =>
      aJob('a', {
        command: { kind: 'shell', text: `x https://u:${password}@h`, shell: '/bin/sh' },
      });
    expect(diffJob(of('first'), of('second'))).toEqual([
      {
        path: '/command',
        before: 'x https://u:***@h',
        after: 'x https://u:***@h',
        effect: 'next_run',
      },
    ]);
  });
});
