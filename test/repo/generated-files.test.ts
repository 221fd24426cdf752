import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('schema, validator, types, field reference and error pages are fresh', () => {
  const result = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect(result.stdout + result.stderr).not.toMatch(/stale/);
  expect(result.status).toBe(0);
});
