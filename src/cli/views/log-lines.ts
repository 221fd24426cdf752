// Lines that jobs printed. On a terminal their control characters are shown
// instead of obeyed; into a file or a pipe they go as they are.
import type { LogLine } from '../../api/service.ts';
import { escapeForTerminal } from '../../core/diagnostics/escape-for-terminal.ts';
import type { Style, Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { clockTime } from './times.ts';

export interface LogForm {
  /** Name the job before each line: several are shown. */
  readonly named: boolean;
  /** Cells for names, so that lines of several jobs stand below each other. */
  readonly nameWidth?: number;
  /** The time before each line, as far as it is known. */
  readonly timed?: boolean;
}

/** With a line break after each line; '' for none. */
export function logText(lines: readonly LogLine[], form: LogForm, terminal: Terminal): string {
  const escape = terminal.isTty;
  return lines
    .map(({ job, text, time }) => {
      const shown = escape ? escapeForTerminal(text) : text;
      const name = oneLine(job).padEnd(form.nameWidth ?? 0);
      const prefix = form.named
        ? `${terminal.style(colourOf(job), name)} ${terminal.style('dim', '|')} `
        : '';
      const at = form.timed === true ? `${terminal.style('dim', timeOf(time, terminal))} ` : '';
      return `${at}${prefix}${shown}\n`;
    })
    .join('');
}

function timeOf(time: string | null, terminal: Terminal): string {
  return time === null ? '-'.padEnd('12:34:56'.length) : clockTime(Date.parse(time), terminal.zone);
}

const colours = ['cyan', 'green', 'yellow', 'magenta', 'blue'] as const;

/** The same for a job in every call; red is left for what went wrong. */
function colourOf(job: string): Style {
  let sum = 0;
  for (const character of job) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return colours[sum % colours.length] ?? 'cyan';
}

/** Byte for byte what the commands printed; only the note where a log was cut is jm2's own. */
export function logBytes(lines: readonly LogLine[]): Uint8Array {
  return Buffer.concat(
    lines.flatMap(({ text, base64, unfinished }) => [
      base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64'),
      ...(unfinished === true ? [] : [newline]),
    ]),
  );
}

const newline = Buffer.from('\n');
