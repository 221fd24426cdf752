// Ends runs that were chosen: asks when they are several, and lets none keep the
// others from it. Which runs are meant is decided by whoever calls.
import type { RunView, Service } from '../api/service.ts';
import { historyPageMax } from '../api/wire.ts';
import { confirmed } from './confirm.ts';
import type { Context } from './context.ts';
import { isCode } from './named-runs.ts';
import { oneLine } from './views/foreign.ts';

/** Of every job, and ad-hoc runs; the newest, when they are more than a page. */
export async function unfinishedOfAll(
  context: Context,
  daemon: Service,
  states: readonly ('queued' | 'running')[],
): Promise<readonly RunView[]> {
  const { runs } = await daemon.history({ states: [...states], limit: historyPageMax });
  if (runs.length === historyPageMax) {
    context.output.note(`Only the newest ${historyPageMax} are meant; call again for the rest.`);
  }
  return runs;
}

/** Those that were ended, in order. Of several, one may have ended by itself meanwhile. */
export async function endRuns(
  context: Context,
  daemon: Service,
  found: readonly RunView[],
  isUnasked: boolean,
): Promise<readonly RunView[]> {
  if (found.length > 1 && !isUnasked) {
    await confirmed(context, endQuestion(found), { runs: found });
  }
  const ended: RunView[] = [];
  for (const { id } of found) {
    try {
      ended.push(await daemon.cancel({ run: id, by: context.actor }));
    } catch (error) {
      if (found.length === 1 || !isCode(error, 'JM2-R104')) throw error;
    }
  }
  return ended;
}

function endQuestion(found: readonly RunView[]): string {
  const running = found.filter(({ state }) => state === 'running').length;
  const what = `${running} running and ${found.length - running} queued`;
  const jobs = [...new Set(found.map(({ job }) => oneLine(job)))];
  return `End ${what} runs of ${jobs.length > 3 ? `${jobs.length} jobs` : jobs.join(', ')}?`;
}
