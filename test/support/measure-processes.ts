// Global set-up of the end-to-end tests. In a run with coverage they drive a
// build with source maps whose processes write what they execute, for
// scripts/process-coverage.mjs to count; otherwise they drive dist.
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The build to drive, the folder its processes write to, and that of the forms of
     * calls that were measured; null: dist, unmeasured.
     */
    measured: { readonly program: string; readonly folder: string; readonly forms: string } | null;
  }
}

export default async function measureProcesses(project: TestProject): Promise<void> {
  const { coverage } = project.vitest.config;
  // A program named from outside is one that has no source maps.
  if (!coverage.enabled || process.env['JM2_TEST_PROGRAM'] !== undefined) {
    project.provide('measured', null);
    return;
  }
  // Beside each other: what was written means nothing without its own build.
  const build = join(resolve(coverage.reportsDirectory), 'program');
  const folder = join(resolve(coverage.reportsDirectory), 'processes');
  const forms = join(resolve(coverage.reportsDirectory), 'forms');
  for (const path of [folder, forms]) {
    await rm(path, { recursive: true, force: true });
    await mkdir(path, { recursive: true });
  }
  await promisify(execFile)(process.execPath, ['scripts/build.mjs', '--measured', build]);
  project.provide('measured', { program: join(build, 'jm2.js'), folder, forms });
}
