import { describe, expect, it } from 'vitest';
import { settingLines } from '../../src/cli/views/setting-lines.ts';

describe('the settings of a job in force', () => {
  it('are told in the words and units of a manifest', () => {
    const spec = {
      name: 'dump',
      command: { kind: 'shell', text: 'x', shell: '/bin/sh' },
      cwd: null,
      env: { maxSize: '5', PATH_OF: '/srv/x', NOTE: 'two words\n' },
      user: null,
      timeoutMs: null,
      kill: { signal: 'SIGTERM', graceMs: 10_000 },
      retry: {
        limit: 3,
        delayMs: 1500,
        backoff: 'exponential',
        maxDelayMs: 300_000,
        on: ['exit', 7],
      },
      successCodes: [0],
      concurrency: 'forbid',
      suspend: false,
      log: { maxSizeBytes: 10 * 2 ** 20 },
      renamedFrom: [],
      onRemove: 'finish',
    };
    expect(settingLines(spec).split('\n')).toEqual([
      "  cwd: (the manifest's directory)",
      '  env: {maxSize: "5", PATH_OF: /srv/x, NOTE: "two words\\n"}',
      "  user: (the daemon's account)",
      '  timeout: (none)',
      '  kill: {signal: SIGTERM, grace: 10s}',
      '  retry: {limit: 3, delay: 1s500ms, backoff: exponential, max_delay: 5m, on: [exit, 7]}',
      '  success_codes: [0]',
      '  concurrency: forbid',
      '  suspend: false',
      '  log: {max_size: 10MiB}',
      '  on_remove: finish',
    ]);
  });

  it('show no control character of their author to the terminal', () => {
    expect(settingLines({ cwd: 'a\u009bb\u202e' })).toBe('  cwd: "a\\x9bb\\u202e"');
  });
});
