import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('schemas, validator, types, references, manual page and error pages are fresh', () => {
  const result = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect(result.stdout + result.stderr).not.toMatch(/stale/);
  expect(result.status).toBe(0);
});
