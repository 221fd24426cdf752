// An apply as lines of JSON, one when each thing happens: for pipelines that
// follow it. The form is that of `--format jsonl` of plan and validate; the last
// line is `end`, whatever came of it.
import type { ApplyReply, PlanView } from '../api/service.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';

/** Told as an apply goes on. */
export interface ApplyEvents {
  /** The plan that is about to be applied, before anybody has agreed to it. */
  planned(plan: PlanView): void;
  /** Agreed to, but its moment has not come; `until` where the time of that is known. */
  waiting(until: number | null, reason: string): void;
  /** It begins. */
  started(plan: PlanView): void;
  completed(reply: ApplyReply): void;
  /** The schedule in force is the planned one. */
  verified(revision: number): void;
}

/** For people, who see the plan and the steps instead. */
export const noEvents: ApplyEvents = {
  planned: () => {},
  waiting: () => {},
  started: () => {},
  completed: () => {},
  verified: () => {},
};

const formatVersion = 1;

/** Runs it with its events on stdout; an error is a line as well, and told on stderr as always. */
export async function inLines(
  context: Context,
  apply: (events: ApplyEvents) => Promise<Answer>,
): Promise<Answer> {
  const say = (type: string, more: object): void =>
    context.output.raw(`${JSON.stringify({ type, ...more })}\n`);
  const end = (applied: boolean): void => say('end', { applied });
  let applied = false;
  say('version', { format: formatVersion, jm2: context.version, command: 'apply' });
  const events: ApplyEvents = {
    planned({ changes, diagnostics, ...summary }) {
      for (const one of diagnostics) say('diagnostic', one);
      for (const change of changes) {
        for (const hazard of change.hazards) say('hazard', { job: change.job, ...hazard });
      }
      say('plan_summary', summary);
    },
    waiting(until, reason) {
      say('waiting', { until: until === null ? null : new Date(until).toISOString(), reason });
    },
    started({ basis }) {
      say('apply_start', { revision: basis.revision, by: context.actor });
    },
    completed(reply) {
      if (reply.kind === 'rejected') return;
      const { revision } = reply;
      applied = reply.kind === 'applied';
      const changes = reply.kind === 'applied' ? reply.plan.changes : [];
      for (const { job, action, previousName } of changes) {
        say('job_applied', { job, action, previousName, revision });
      }
      say('apply_complete', { applied, revision });
    },
    verified(revision) {
      say('verify', { revision, inForce: true });
    },
  };
  try {
    const answer = await apply(events);
    const { diagnostics = [] } = answer.data as { readonly diagnostics?: readonly object[] };
    for (const one of diagnostics) say('diagnostic', one);
    if (answer.error !== undefined) say('error', answer.error);
    end(applied);
    return answer.problem === true ? answer : { ...answer, text: () => '' };
  } catch (error) {
    if (error instanceof Jm2Error) say('error', error.toBody());
    end(applied);
    throw error;
  }
}
