// What a flush took away, or would.
import type { FlushView } from '../../api/service.ts';
import { humanBytes } from './bytes.ts';
import { oneLine } from './foreign.ts';
import { count } from './status.ts';

type Sums = Omit<FlushView, 'next'>;

const namesShown = 10;

export function flushedText(
  sums: Sums,
  facts: {
    readonly isDryRun: boolean;
    readonly isEmpty: boolean;
    readonly removed: readonly string[];
  },
): string {
  if (facts.isEmpty) return 'There is nothing to flush.';
  const would = facts.isDryRun ? 'would be ' : '';
  return [
    ...partsOf(sums).map((part) => `${part} ${would}removed`),
    ...(sums.jobs.length === 0
      ? []
      : [`out of the list${facts.isDryRun ? ' would go' : ''}: ${names(sums.jobs)}`]),
    ...(facts.removed.length === 0
      ? []
      : [`out of the manifest${facts.isDryRun ? ' would go' : ''}: ${names(facts.removed)}`]),
  ].join('\n');
}

export function flushQuestion(sums: Sums, ofFile: readonly string[]): string {
  const file = ofFile.length === 0 ? [] : [`${names(ofFile)} from the manifest`];
  return `Remove ${[...partsOf(sums), ...file].join(', ')}?`;
}

function partsOf({ runs, outcomes, logs, bytes }: Sums): string[] {
  const ofLogs = `the logs of ${count(logs, 'run')}`;
  return [
    ...(runs > 0 ? [count(runs, 'run')] : []),
    ...(outcomes > 0 ? [`${count(outcomes, 'record')} of occurrences without a run`] : []),
    ...(logs > 0 ? [ofLogs] : []),
    ...(bytes > 0 ? [`${humanBytes(bytes)} of logs in all`] : []),
  ];
}

function names(jobs: readonly string[]): string {
  const more = jobs.length - namesShown;
  const shown = jobs.slice(0, namesShown).map(oneLine).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
