// Explanations for people: the verdict, one sentence, then what it rests on,
// oldest first, and what can be done.
import type { ExplanationView, WhyView } from '../../api/service.ts';
import type { Style, Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { bearerOf } from './namesake.ts';
import { noteLines } from './notes.ts';
import { localTime } from './times.ts';
import { wrapped } from './wrapped.ts';

export function whyText(view: WhyView, terminal: Terminal): string {
  const parts: string[] = [];
  if (view.remark !== null) {
    const remark = `${view.remark.charAt(0).toUpperCase()}${view.remark.slice(1)}.`;
    parts.push(wrapped(oneLine(remark), '', terminal));
  }
  for (const one of view.explanations) parts.push(explanationText(one, view, terminal));
  if (view.more > 0) {
    const what = view.more === 1 ? 'occurrence' : 'occurrences';
    parts.push(
      `… and ${view.more.toLocaleString('en')} further ${what} in that time: jm2 history ${oneLine(view.job)} --all`,
    );
  }
  if (view.toCome > 0) {
    parts.push(
      `… and ${view.toCome.toLocaleString('en')} more to come in that time: jm2 preview ${oneLine(view.job)}`,
    );
  }
  if (view.personNotes) {
    parts.push(
      `Notes about ${oneLine(view.job)}\n${noteLines(view.personNotes, terminal, 'bare')}`,
    );
  }
  return parts.join('\n\n');
}

function explanationText(one: ExplanationView, view: WhyView, terminal: Terminal): string {
  const words = one.verdict.replaceAll('_', ' ');
  const style = styles[one.verdict];
  const verdict = style === null ? words : terminal.style(style, words);
  const head = wrapped(`${terminal.style('bold', headOf(one, view))}  ${verdict}`, '', terminal);
  const lines = [head, wrapped(oneLine(one.answer), '  ', terminal)];
  if (one.evidence.length > 0) {
    const width = Math.max(...one.evidence.map(({ source }) => source.length));
    lines.push('');
    for (const { time, source, text } of one.evidence) {
      const when = time === null ? '' : localTime(Date.parse(time), view.timezone, true).slice(4);
      const label = terminal.style('dim', `  ${when.padEnd(28)}${source.padEnd(width)}  `);
      lines.push(
        wrapped(oneLine(text), ' '.repeat(32 + width), terminal).replace(/^ +/, () => label),
      );
    }
  }
  if (one.hint !== null) lines.push('', wrapped(`→ ${oneLine(one.hint)}`, '  ', terminal));
  return lines.join('\n');
}

function headOf(one: ExplanationView, view: WhyView): string {
  const job = bearerOf(view.job, one.namesake ?? null);
  const at =
    one.nominalTime === null ? null : localTime(Date.parse(one.nominalTime), view.timezone);
  switch (one.subject) {
    case 'next':
      return at === null ? `${job}, next` : `${job}, next ${at}`;
    case 'run':
      return `${job}, run ${one.run ?? ''}`;
    case 'occurrence':
    case 'time':
      return at === null ? job : `${job}, ${at}`;
  }
}

const styles: Readonly<Record<ExplanationView['verdict'], Style | null>> = {
  queued: 'cyan',
  running: 'cyan',
  succeeded: 'green',
  failed: 'red',
  timed_out: 'red',
  canceled: 'yellow',
  lost: 'red',
  skipped: 'yellow',
  missed: 'red',
  due: 'yellow',
  will_run: 'green',
  will_be_skipped: 'yellow',
  will_not_run: 'yellow',
  nothing_to_come: null,
  never_due: null,
  before_the_job: null,
  after_the_job: null,
  pruned: null,
  no_record: 'red',
};
