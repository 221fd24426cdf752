// What a key does: a changed model, and at most one thing to be done outside.
import { emptyLog, sortOrders } from './model.ts';
import type { TopModel } from './model.ts';
import { relisted, selectedRow } from './rows.ts';

export interface Key {
  /** As node:readline names it: `up`, `return`, `a`; the character itself where it has no name. */
  readonly name: string;
  /** What was typed, where it is text. */
  readonly text: string;
  readonly ctrl?: boolean;
}

export type Action =
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'run'; readonly job: string }
  | { readonly kind: 'find_unfinished'; readonly job: string }
  | { readonly kind: 'cancel'; readonly job: string; readonly runs: readonly string[] }
  | { readonly kind: 'pause'; readonly job: string }
  | { readonly kind: 'resume'; readonly job: string };

export interface Pressed {
  readonly model: TopModel;
  readonly action: Action | null;
}

const filterMaxLength = 100;
const pageLines = 10;

export function press(before: TopModel, key: Key): Pressed {
  if (key.ctrl === true) {
    if (key.name === 'c') return { model: before, action: { kind: 'quit' } };
    if (key.name === 'z') return { model: before, action: { kind: 'suspend' } };
    // Ctrl-R is no r: what hands type out of habit must not start, end or pause anything.
    if (key.name !== 'd' && key.name !== 'u') return only(before);
  }
  if (before.question !== null) return answered(before, key);
  if (before.isTyping) return only(typed(before, key));
  const model = { ...before, message: null };
  const act = actionKey(model, key);
  if (act !== null) return act;
  if (model.view === 'jobs') return jobsKey(model, key);
  return isBack(key) ? only(back(model)) : only(moved(model, key));
}

function only(model: TopModel): Pressed {
  return { model, action: null };
}

function answered(model: TopModel, key: Key): Pressed {
  const { question } = model;
  const settled = { ...model, question: null };
  if (question === null || key.name !== 'y') {
    return only({ ...settled, message: { text: 'Nothing was ended.', isProblem: false } });
  }
  return { model: settled, action: { kind: 'cancel', job: question.job, runs: question.runs } };
}

function typed(model: TopModel, key: Key): TopModel {
  if (key.name === 'return' || key.name === 'enter') return { ...model, isTyping: false };
  if (key.name === 'escape') return relisted({ ...model, isTyping: false, filter: '' });
  if (key.name === 'up' || key.name === 'down') return moved({ ...model, isTyping: false }, key);
  if (key.name === 'backspace') return relisted({ ...model, filter: withoutLast(model.filter) });
  if (key.ctrl === true || key.text === '' || /\p{Cc}/u.test(key.text)) return model;
  return relisted({ ...model, filter: (model.filter + key.text).slice(0, filterMaxLength) });
}

function withoutLast(text: string): string {
  const last = [...new Intl.Segmenter().segment(text)].at(-1);
  return text.slice(0, last?.index ?? 0);
}

/** Keys that mean the same in every view but help. */
function actionKey(model: TopModel, key: Key): Pressed | null {
  // The key that opened the help closes it as well.
  if (key.text === '?') {
    return only(model.view === 'help' ? back(model) : { ...model, view: 'help', top: 0 });
  }
  if (model.view === 'help') return null;
  const job = selectedJob(model);
  if (job === null) return null;
  switch (key.name) {
    case 'l':
      return only(
        model.view === 'log'
          ? back(model)
          : { ...model, view: 'log', selected: job.name, logEnd: null },
      );
    case 'r':
      return changing(model, { kind: 'run', job: job.name });
    case 'c':
      return changing(model, { kind: 'find_unfinished', job: job.name });
    case 'p':
      return changing(model, { kind: job.pause === null ? 'pause' : 'resume', job: job.name });
    default:
      return null;
  }
}

/** Only a daemon can do it. */
function changing(model: TopModel, action: Action): Pressed {
  if (model.source.kind === 'live') return { model, action };
  const text =
    model.source.kind === 'store'
      ? 'The daemon is not running, so nothing can be changed: jm2 start'
      : 'The daemon does not answer, so nothing can be changed.';
  return only({ ...model, message: { text, isProblem: true } });
}

function jobsKey(model: TopModel, key: Key): Pressed {
  if (key.name === 'q') return { model, action: { kind: 'quit' } };
  if (key.name === 'escape') return only(relisted({ ...model, filter: '' }));
  if (key.text === '/') return only({ ...model, isTyping: true });
  if (key.name === 's') return only(relisted({ ...model, sort: following(model.sort) }));
  const job = selectedJob(model);
  if ((key.name === 'return' || key.name === 'enter') && job !== null) {
    return only({ ...model, view: 'detail', selected: job.name, detail: null, top: 0 });
  }
  return only(moved(model, key));
}

function selectedJob(model: TopModel) {
  return selectedRow(model)?.row.job ?? null;
}

function following(sort: TopModel['sort']): TopModel['sort'] {
  return sortOrders[(sortOrders.indexOf(sort) + 1) % sortOrders.length] ?? 'state';
}

function isBack({ name }: Key): boolean {
  return ['escape', 'q', 'backspace', 'left', 'h'].includes(name);
}

function back(model: TopModel): TopModel {
  return { ...model, view: 'jobs', top: 0, detail: null, logEnd: null };
}

function moved(model: TopModel, key: Key): TopModel {
  const by = distance(key);
  if (by === null) return model;
  switch (model.view) {
    case 'jobs':
      return selectionMoved(model, by);
    case 'log':
      return logMoved(model, by);
    case 'detail':
    case 'help':
      // Its end is known to the screen, which stops there.
      return { ...model, top: Math.min(10_000, Math.max(0, model.top + by)) };
  }
}

/** In lines; infinite for first and last, null for a key that moves nothing. */
function distance({ name, text, ctrl }: Key): number | null {
  if (text === 'G') return Number.POSITIVE_INFINITY;
  if (ctrl === true) return name === 'd' ? pageLines : name === 'u' ? -pageLines : null;
  switch (name) {
    case 'up':
    case 'k':
      return -1;
    case 'down':
    case 'j':
      return 1;
    case 'pageup':
      return -pageLines;
    case 'pagedown':
    case 'space':
      return pageLines;
    case 'home':
    case 'g':
      return Number.NEGATIVE_INFINITY;
    case 'end':
      return Number.POSITIVE_INFINITY;
    default:
      return null;
  }
}

function selectionMoved(model: TopModel, by: number): TopModel {
  const { rows } = model;
  const index = selectedRow(model)?.index ?? 0;
  const name = rows[Math.min(rows.length - 1, Math.max(0, index + by))]?.job.name ?? null;
  return name === model.selected ? model : { ...model, selected: name, log: emptyLog };
}

/** Upwards holds the log still, the end lets it run again. */
function logMoved(model: TopModel, by: number): TopModel {
  const { lines, dropped } = model.log;
  const newest = dropped + lines.length - 1;
  const end = (model.logEnd ?? newest) + by;
  return { ...model, logEnd: end >= newest ? null : Math.max(dropped, end) };
}
