// Which bounds over all jobs together a plan changes, as they stand in the manifest.
import type { AdmissionLimits } from '../manifest/job.ts';
import type { FieldChange } from './plan.ts';

export function limitChanges(before: AdmissionLimits, after: AdmissionLimits): FieldChange[] {
  const names = new Set([...Object.keys(before.groups), ...Object.keys(after.groups)]);
  const candidates: (readonly [string, number | null, number | null])[] = [
    ['/concurrency/max', before.concurrencyMax, after.concurrencyMax],
    ['/concurrency/queue_limit', before.queueLimit, after.queueLimit],
    ...[...names]
      .sort()
      .map(
        (name) =>
          [`/groups/${name}/max`, before.groups[name] ?? null, after.groups[name] ?? null] as const,
      ),
  ];
  return candidates
    .filter(([, from, to]) => from !== to)
    .map(([path, from, to]) => ({ path, before: from, after: to, effect: 'capacity' }));
}
