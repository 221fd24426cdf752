// What answers of the daemon, or of the store, change in the model.
import type {
  JobDetailView,
  JobView,
  LogLine,
  QueueView,
  RunView,
  StatusView,
} from '../../api/service.ts';
import { hasEnded } from '../follow-logs.ts';
import type { TopModel } from './model.ts';
import { relisted } from './rows.ts';

/** Lines held of the log that is looked at. */
export const logLinesMax = 2_000;

export interface Overview {
  readonly jobs: readonly JobView[];
  readonly queue: QueueView;
  readonly status: StatusView;
}

export function overviewCame(
  model: TopModel,
  { jobs, queue, status }: Overview,
  { live, now }: { readonly live: boolean; readonly now: number },
): TopModel {
  const cameBack = live && (model.source.kind === 'store' || model.source.kind === 'silent');
  return relisted({
    ...model,
    jobs,
    queue,
    status,
    source: live
      ? { kind: 'live' }
      : { kind: 'store', since: model.source.kind === 'store' ? model.source.since : now },
    // Without a daemon there is nobody to do what was asked about.
    question: live ? model.question : null,
    message: cameBack ? { text: 'The daemon is back.', isProblem: false } : model.message,
  });
}

/** A daemon runs and does not answer, or the store cannot be read: what was known stays. */
export function nothingCame(model: TopModel, problem: string, now: number): TopModel {
  const since = model.source.kind === 'silent' ? model.source.since : now;
  return { ...model, source: { kind: 'silent', since, problem }, question: null };
}

export function logBegan(
  model: TopModel,
  of: { readonly job: string; readonly run: string | null },
  lines: readonly LogLine[],
): TopModel {
  const same = model.log.run === of.run && model.log.job === of.job;
  return {
    ...model,
    log: { ...of, lines: lines.slice(-logLinesMax), dropped: 0 },
    logEnd: same ? model.logEnd : null,
  };
}

export function logGrew(model: TopModel, run: string, more: readonly LogLine[]): TopModel {
  const { log } = model;
  // An answer that comes after another job was selected.
  if (log.run !== run || more.length === 0) return model;
  const [first, ...rest] = more;
  const newest = log.lines.at(-1);
  // A line that was not finished when it was read goes on.
  const goesOn =
    first !== undefined && newest?.unfinished === true && newest.attempt === first.attempt;
  const all = goesOn
    ? [...log.lines.slice(0, -1), { ...first, text: newest.text + first.text }, ...rest]
    : [...log.lines, ...more];
  const lines = all.slice(-logLinesMax);
  return { ...model, log: { ...log, lines, dropped: log.dropped + all.length - lines.length } };
}

export function detailCame(model: TopModel, detail: JobDetailView): TopModel {
  return model.view === 'detail' && model.selected === detail.name ? { ...model, detail } : model;
}

/** The runs of a job that could be ended: asked about before it is done. */
export function unfinishedCame(
  model: TopModel,
  job: string,
  runs: readonly Pick<RunView, 'id' | 'state'>[],
): TopModel {
  const unfinished = runs.filter(({ state }) => !hasEnded(state));
  if (unfinished.length === 0) return said(model, `No run of ${job} is queued or running.`);
  const running = unfinished.filter(({ state }) => state === 'running').length;
  const waiting = unfinished.length - running;
  const parts = [
    ...(running > 0 ? [`${running} running`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ];
  const noun = unfinished.length === 1 ? 'run' : 'runs';
  return {
    ...model,
    message: null,
    question: {
      text: `End the ${parts.join(' and ')} ${noun} of ${job}?`,
      job,
      // Those that wait first: else the end of one would let another begin.
      runs: unfinished
        .toSorted((a, b) => Number(a.state === 'running') - Number(b.state === 'running'))
        .map(({ id }) => id),
    },
  };
}

export function said(model: TopModel, text: string, isProblem = false): TopModel {
  return { ...model, message: { text, isProblem } };
}
