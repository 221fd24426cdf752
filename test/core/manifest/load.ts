import { resolve } from 'node:path';
import { type LoadedManifest, loadManifest } from '../../../src/core/manifest/load-manifest.ts';
import type { Job } from '../../../src/core/manifest/job.ts';
import { sha256 } from '../../../src/system/digest.ts';
import { readBeside } from '../../../src/system/read-beside.ts';

export function load(input: string | Uint8Array, file = 'jobs.yaml'): LoadedManifest {
  return loadManifest(input, {
    file,
    digest: sha256,
    files: readBeside(resolve('test/fixtures/manifests/calendars')),
  });
}

/** Code and place of each diagnostic, such as `JM2-M201 4:5`. */
export function problems(input: string | Uint8Array): readonly string[] {
  return load(input).diagnostics.map(({ code, range }) =>
    range === null ? code : `${code} ${range.start.line}:${range.start.column}`,
  );
}

/** A manifest of one job named `backup` with these lines. */
export function withJob(...lines: readonly string[]): string {
  return ['version: 1', 'jobs:', '  backup:', ...lines.map((line) => `    ${line}`), ''].join('\n');
}

/** The job of an accepted manifest. */
export function jobOf(input: string, name = 'backup'): Job {
  const { manifest, diagnostics } = load(input);
  const job = manifest?.jobs.find((each) => each.name === name);
  if (job === undefined) throw new Error(JSON.stringify(diagnostics, null, 2));
  return job;
}
