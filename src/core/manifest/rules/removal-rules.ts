// A job is in the manifest or meant to be gone, not both.
import { segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

export function checkRemoved(manifest: SoundManifest, reporter: Reporter): void {
  const removed = Object.keys(manifest.removed);
  if (removed.length === 0) return;
  const jobs = new Set(manifest.jobs.map(({ name }) => name));
  for (const name of removed) {
    if (!jobs.has(name)) continue;
    reporter.report({
      code: 'JM2-M331',
      pointer: `/removed${segment(name)}`,
      atKey: true,
      detail: `"${name}" is among the jobs and among the removed ones.`,
      label: 'still a job of this manifest',
    });
  }
}
