// The run log on the screen of `jm2 top`: its end below the list, or all of the
// screen, where long lines are broken and one can go back.
import type { LogLine } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from '../views/foreign.ts';
import type { TopModel } from './model.ts';
import { selectedRow } from './rows.ts';
import { broken, drawn } from './spans.ts';
import type { Line } from './spans.ts';

/** A line of a log can be as long as it likes; more of it is in `jm2 logs`. */
const lineMaxLength = 4_000;

/** Heading and the newest lines, at most `height`. */
export function logPanel(model: TopModel, terminal: Terminal, height: number): string[] {
  if (height < 2) return [];
  const { lines } = model.log;
  return [
    drawn(heading(model), terminal),
    ...lines.slice(1 - height).map((line) => drawn([shown(line)], terminal)),
    ...(lines.length === 0 ? [drawn([{ text: nothingYet(model), style: 'dim' }], terminal)] : []),
  ];
}

export function logScreen(model: TopModel, terminal: Terminal, height: number): string[] {
  const { lines, dropped } = model.log;
  const room = height - 1;
  const end = model.logEnd === null ? lines.length - 1 : model.logEnd - dropped;
  const last = Math.min(lines.length - 1, Math.max(0, end));
  const body: string[] = [];
  // From the line shown last upwards, until the screen is full.
  for (let index = last; index >= 0 && body.length < room; index -= 1) {
    const line = lines[index];
    if (line === undefined) continue;
    body.unshift(...broken(shown(line), terminal.width, room, terminal));
  }
  const visible = body.slice(-room);
  // Gone back to the beginning, the screen is filled downwards.
  for (let index = last + 1; index < lines.length && visible.length < room; index += 1) {
    const line = lines[index];
    if (line === undefined) continue;
    visible.push(...broken(shown(line), terminal.width, room - visible.length, terminal));
  }
  const place =
    model.logEnd === null
      ? ''
      : `  line ${dropped + last + 1} of ${dropped + lines.length}; G: newest`;
  return [
    drawn([...heading(model), { text: place, style: 'yellow' }], terminal),
    ...visible,
    ...(lines.length === 0 ? [drawn([{ text: nothingYet(model), style: 'dim' }], terminal)] : []),
  ];
}

/** Back at the beginning, the first screen is full; what fits on it entirely is not held still. */
export function logHeld(model: TopModel, terminal: Terminal, height: number): TopModel {
  const { lines, dropped } = model.log;
  if (model.logEnd === null) return model;
  const room = height - 1;
  let filled = 0;
  let last = -1;
  for (const line of lines) {
    if (filled >= room) break;
    filled += broken(shown(line), terminal.width, room, terminal).length;
    last += 1;
  }
  if (last >= lines.length - 1 && filled <= room) return { ...model, logEnd: null };
  const end = Math.max(model.logEnd, dropped + last);
  return end === model.logEnd ? model : { ...model, logEnd: end };
}

function heading(model: TopModel): Line {
  const { run, lines } = model.log;
  const job = selectedRow(model)?.row.job.name ?? '';
  const attempt = lines.at(-1)?.attempt ?? 1;
  return [
    { text: `Log of ${oneLine(job)}`, style: 'bold' },
    {
      text: `${run === null ? '' : `  run ${run}`}${attempt > 1 ? `  attempt ${attempt}` : ''}`,
      style: 'dim',
    },
  ];
}

function nothingYet({ log }: TopModel): string {
  if (log.job === null) return '';
  return log.run === null ? 'It has not run yet.' : 'Nothing was printed yet.';
}

function shown({ text }: LogLine): string {
  return oneLine(text.length > lineMaxLength ? `${text.slice(0, lineMaxLength)}…` : text);
}
