// An error as people read it: code and summary, what happened and what still
// holds, the way out. A command to copy stands alone on an indented line.
import { escapeForTerminal } from '../../core/diagnostics/escape-for-terminal.ts';
import type { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import type { Terminal } from '../terminal.ts';
import { wrapped } from './wrapped.ts';

export function errorText(error: Jm2Error, terminal: Terminal, verbose = false): string {
  const head = `${terminal.style('red', `error[${error.code}]`)} ${terminal.style('bold', error.summary)}`;
  const parts = [head, '', sentences(error.detail, terminal)];
  if (error.hint !== null) parts.push('', hintText(error.hint, terminal));
  if (verbose && error.cause !== undefined) parts.push('', indent(causeText(error.cause)));
  return `${parts.join('\n')}\n`;
}

/** Commands stand apart; sentences are sentences. */
function hintText(hint: string, terminal: Terminal): string {
  return hint.startsWith('jm2 ') ? `      ${hint}` : sentences(hint, terminal);
}

/** Broken between words; what stands apart (a path, a command) stays whole, to be copied. */
function sentences(text: string, terminal: Terminal): string {
  return escapeForTerminal(text)
    .split('\n')
    .map((line) => {
      if (line === '') return '';
      return line.startsWith(' ') ? `  ${line}` : wrapped(line, '  ', terminal);
    })
    .join('\n');
}

function causeText(cause: unknown): string {
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return escapeForTerminal(text);
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
