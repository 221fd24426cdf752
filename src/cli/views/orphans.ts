// Jobs that left the manifest and run on: which, since when, and what ends it.
import type { OrphanView, StatusView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { localTime } from './times.ts';

const reasons: Readonly<Record<OrphanView['reason'], string>> = {
  over_prune_limit: 'too many left at once, so it waits for jm2 apply',
  protected: 'it is protected; jm2 apply --allow-remove lets it go',
};

/** Of one job: "not in the manifest since …: it is protected; …". */
export function orphanWords({ since, reason }: OrphanView, terminal: Terminal): string {
  const at = Date.parse(since);
  return `${terminal.style('yellow', 'not in the manifest')} since ${localTime(at, terminal.zone)} (${relativeTime(at, terminal.now)}): ${reasons[reason]}`;
}

const shownMax = 5;

/** Of all, by name; null for none. */
export function orphanedWords({ sync }: StatusView, terminal: Terminal): string | null {
  // A daemon of 0.1, asked right after an upgrade, tells none.
  const all = sync.orphaned ?? [];
  if (all.length === 0) return null;
  const lines = (['over_prune_limit', 'protected'] as const).flatMap((reason) => {
    const jobs = all.filter((one) => one.reason === reason).map(({ job }) => oneLine(job));
    if (jobs.length === 0) return [];
    const more = jobs.length > shownMax ? ` and ${jobs.length - shownMax} more` : '';
    const they = jobs.length === 1 ? 'runs' : 'run';
    const what =
      reason === 'protected'
        ? `${they} on, protected: jm2 apply --allow-remove JOB`
        : `${they} on until jm2 apply, or until the file has ${jobs.length === 1 ? 'it' : 'them'} again`;
    return [terminal.style('yellow', `${jobs.slice(0, shownMax).join(', ')}${more} ${what}`)];
  });
  return lines.join('\n');
}
