// The screen of `jm2 top` as lines: exactly `height` of them, none wider than
// the terminal. Pure: the same model at the same instant gives the same lines.
import type { Terminal } from '../terminal.ts';
import { oneLine } from '../views/foreign.ts';
import { clockTime } from '../views/times.ts';
import { jobList } from './job-list.ts';
import { logHeld, logPanel, logScreen } from './log-view.ts';
import type { TopModel } from './model.ts';
import { detailLines, helpLines, scrolled } from './pages.ts';
import { isFailing } from './rows.ts';
import { drawn, drawnApart } from './spans.ts';
import type { Line } from './spans.ts';

/** Rows for waiting runs, beside their heading. */
const queueLinesMax = 3;
const listMin = 3;
/** `terminal.now` is the instant that is shown. */
export function screenOf(model: TopModel, terminal: Terminal, height: number): string[] {
  const head = [titleLine(model, terminal), ...banner(model, terminal)];
  const foot = [drawn(footLine(model), terminal)];
  const room = height - head.length - foot.length;
  // A window of a few rows shows the beginning of what matters most.
  if (room < 1) return [...head, ...foot].slice(0, Math.max(0, height));
  const body = bodyOf(model, terminal, room).slice(0, room);
  const blank = Array.from({ length: room - body.length }, () => '');
  return [...head, ...body, ...blank, ...foot];
}

/** What one reads is scrolled no further than to its end, or its beginning. */
export function pageHeld(model: TopModel, terminal: Terminal, height: number): TopModel {
  const room = height - 2 - banner(model, terminal).length;
  if (model.view === 'log') return logHeld(model, terminal, room);
  if (model.top === 0) return model;
  const lines = model.view === 'help' ? helpLines(terminal) : detailLines(model, terminal);
  const top = Math.max(0, Math.min(model.top, lines.length - room));
  return top === model.top ? model : { ...model, top };
}

function bodyOf(model: TopModel, terminal: Terminal, room: number): string[] {
  switch (model.view) {
    case 'help':
      return scrolled(helpLines(terminal), model.top, room);
    case 'detail':
      return scrolled(detailLines(model, terminal), model.top, room);
    case 'log':
      return logScreen(model, terminal, room);
    case 'jobs':
      return overview(model, terminal, room);
  }
}

/** The list above, what waits, and the log of the selected job below. */
function overview(model: TopModel, terminal: Terminal, height: number): string[] {
  const counts = drawn(countsLine(model), terminal);
  const room = height - 1;
  const queue = room >= 12 ? queueLines(model, terminal) : [];
  const forLog = room < 9 ? 0 : Math.floor((room - queue.length) * 0.4);
  const list = jobList(model, terminal, Math.max(listMin, room - queue.length - forLog));
  const left = room - queue.length - list.length;
  return [counts, ...list, ...queue, ...(forLog > 0 ? logPanel(model, terminal, left) : [])];
}

function titleLine({ status, source }: TopModel, terminal: Terminal): string {
  const where = status === null ? '' : `  ${oneLine(shortPath(status.manifest.path))}`;
  const revision = status === null ? '' : `  revision ${status.revision.applied}`;
  const words = { asking: 'connecting', live: 'live', store: 'no daemon', silent: 'no answer' };
  const style = source.kind === 'live' ? 'green' : source.kind === 'asking' ? 'dim' : 'yellow';
  return drawnApart(
    [{ text: 'jm2 top', style: 'bold' }, where, { text: revision, style: 'dim' }],
    [{ text: words[source.kind], style }, `  ${clockTime(terminal.now, terminal.zone)}`],
    terminal,
  );
}

/** The file with the folder it is in: enough to tell two projects apart. */
function shortPath(path: string): string {
  return path.split('/').slice(-2).join('/');
}

function banner({ source, status }: TopModel, terminal: Terminal): string[] {
  const said = (text: string): string[] => [drawn([{ text, style: 'yellow' }], terminal)];
  const since = 'since' in source ? clockTime(source.since, terminal.zone) : '';
  if (source.kind === 'store') {
    return said(`No daemon runs (seen ${since}); this is the store, to be read only: jm2 start`);
  }
  if (source.kind === 'silent') {
    return said(`Not answered since ${since}: ${oneLine(source.problem)}`);
  }
  const [problem] = status?.health.problems ?? [];
  if (problem !== undefined) return said(oneLine(problem));
  return status?.health.state === 'draining' ? said('The daemon is stopping.') : [];
}

function countsLine({ status, queue, jobs, filter, sort, isTyping, source }: TopModel): Line {
  if (isTyping || filter !== '') {
    const typed = oneLine(filter);
    return [
      { text: '/', style: 'cyan' },
      `${typed}${isTyping ? '▏' : ''}  `,
      {
        text: isTyping ? 'Enter keeps, Esc clears the filter' : 'Esc clears the filter',
        style: 'dim',
      },
    ];
  }
  if (source.kind === 'asking') return ['…'];
  const running = status?.health.running ?? 0;
  const max = status?.health.concurrencyMax ?? null;
  const failing = jobs.filter(isFailing).length;
  const paused = jobs.filter(({ pause }) => pause !== null).length;
  return [
    `${running} running${max === null ? '' : ` of ${max}`}, ${queue?.queued ?? 0} waiting`,
    `  ${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`,
    { text: failing > 0 ? `  ${failing} failing` : '', style: 'red' },
    { text: paused > 0 ? `  ${paused} paused` : '', style: 'yellow' },
    { text: `  by ${sort}`, style: 'dim' },
  ];
}

function queueLines({ queue }: TopModel, terminal: Terminal): string[] {
  if (queue === null || queue.queued === 0) return [];
  const shown = queue.queue.slice(0, queueLinesMax);
  const more = queue.queued - shown.length;
  return [
    drawn(
      [
        { text: 'Waiting', style: 'bold' },
        { text: more > 0 ? `  and ${more} more: jm2 queue` : '', style: 'dim' },
      ],
      terminal,
    ),
    ...shown.map(({ job, reason }) =>
      drawn([`  ${oneLine(job)}  `, { text: oneLine(reason), style: 'dim' }], terminal),
    ),
  ];
}

function footLine({ question, message, view, isTyping }: TopModel): Line {
  if (question !== null) {
    return [{ text: `${oneLine(question.text)} `, style: 'yellow' }, 'y yes, any other key no'];
  }
  if (message !== null) {
    return [{ text: oneLine(message.text), style: message.isProblem ? 'red' : 'cyan' }];
  }
  if (isTyping)
    return keys([
      ['type', 'words, or a pattern'],
      ['Enter', 'keep'],
      ['Esc', 'clear'],
    ]);
  switch (view) {
    case 'jobs':
      return keys([
        ['?', 'help'],
        ['q', 'quit'],
        ['Enter', 'show'],
        ['l', 'log'],
        ['r', 'run'],
        ['c', 'cancel'],
        ['p', 'pause'],
        ['/', 'filter'],
        ['s', 'sort'],
      ]);
    case 'log':
      return keys([
        ['q', 'back'],
        ['↑↓ g G', 'scroll'],
        ['r', 'run'],
        ['c', 'cancel'],
        ['p', 'pause'],
      ]);
    case 'detail':
      return keys([
        ['q', 'back'],
        ['↑↓', 'scroll'],
        ['l', 'log'],
        ['r', 'run'],
        ['c', 'cancel'],
        ['p', 'pause'],
      ]);
    case 'help':
      return keys([
        ['q', 'back'],
        ['↑↓', 'scroll'],
      ]);
  }
}

function keys(pairs: readonly (readonly [string, string])[]): Line {
  return pairs.flatMap(([key, meaning]) => [
    { text: key, style: 'bold' as const },
    { text: ` ${meaning}  `, style: 'dim' as const },
  ]);
}
