// The one line that the service manager shows beside the daemon's state: what is
// in force, what runs, and what is wrong, the last good revision included.
import type { StatusView } from '../api/service.ts';

export function serviceStatusText(status: StatusView): string {
  const { health, manifest, revision, source, sync } = status;
  if (health.state === 'draining') {
    return health.running === 0 ? 'Stopping' : `Stopping: ${count(health.running)} to end`;
  }
  const [condition, ...further] = health.conditions;
  return [
    `${manifest.jobs} ${manifest.jobs === 1 ? 'job' : 'jobs'} in force (revision ${revision.applied})`,
    ...(health.running > 0 ? [`${health.running} running`] : []),
    ...(health.queued > 0 ? [`${health.queued} waiting`] : []),
    ...(source.state === 'accepted' || source.state === 'unknown'
      ? []
      : [
          `the manifest is ${source.state} since ${source.since ?? 'the start'}, revision ${revision.applied} stays in force`,
        ]),
    ...(sync.state === 'pending' ? ['a change of the manifest waits for jm2 apply'] : []),
    ...(condition === undefined
      ? []
      : [`${condition.text}${further.length === 0 ? '' : ` (and ${further.length} more)`}`]),
  ].join('; ');
}

function count(running: number): string {
  return `waits for ${running} ${running === 1 ? 'run' : 'runs'}`;
}
