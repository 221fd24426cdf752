// Where a command's words go. Data goes to stdout, remarks to stderr; with
// `--json` stdout carries JSON and nothing else. The only place in the command
// line that writes to the standard streams.
import type { ErrorBody } from '../core/diagnostics/jm2-error.ts';
import { escapeJson } from '../core/diagnostics/escape-for-terminal.ts';
import { showsSigns, spelledOut } from './plain-signs.ts';
import { wrapped } from './views/wrapped.ts';

const clearLine = '\r\u001b[K';

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** A line (or lines) of data for people; nothing with `--json`. */
  text(text: string): void;
  /** Text as it is, without a line break added. */
  raw(text: string | Uint8Array): void;
  /** One line of a JSON stream; nothing without `--json`. */
  jsonLine(value: unknown): void;
  /** The one object of a `--json` answer. */
  success(data: unknown): void;
  failure(error: ErrorBody, data?: unknown): void;
  /** A remark on stderr; nothing with `--quiet`. */
  note(text: string): void;
  /** A problem on stderr, whatever the options say. */
  problem(text: string): void;
  /** Columns for a line that tells how far work is; null where none is to be shown. */
  readonly progressWidth: number | null;
  /** From here on such a line may stand there; what is said meanwhile takes its place. */
  progressBegins(): void;
  /** `isShown`: there is a line to be taken away. */
  progressEnds(isShown: boolean): void;
  /** Replaces what happens when the reader of stdout has gone: by default the program ends quietly. */
  onReaderGone(action: () => void): void;
  /** Resolves when everything written has left the process. */
  flushed(): Promise<void>;
}

export function createOutput(options: {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly stdout: NodeJS.WriteStream;
  /** Opened when it is first written to: most calls have no remark. */
  readonly stderr: () => NodeJS.WriteStream;
  readonly exit: (code: number) => void;
}): Output {
  const { json, quiet, stdout } = options;
  let opened: NodeJS.WriteStream | null = null;
  let before = '';
  let readerGone = (): void => options.exit(0);
  // `jm2 history | head` closes the pipe early, and a terminal may be closed while
  // a command still ends in order: neither is an error of ours.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EIO') return readerGone();
    // A full disk behind `>`: half an answer must not pass for a whole one.
    stderr().write(`The output could not be written: ${error.message}\n`);
    options.exit(1);
  });
  const stderr = (): NodeJS.WriteStream => {
    if (opened !== null) return opened;
    opened = options.stderr();
    opened.on('error', () => {
      // Without a reader for remarks there is nobody to tell.
    });
    return opened;
  };
  const signs = (text: string, { isTTY }: NodeJS.WriteStream): string =>
    showsSigns(process.env, isTTY) ? text : spelledOut(text);
  const line = (value: unknown): void => {
    stdout.write(`${escapeJson(JSON.stringify(value))}\n`);
  };
  return {
    json,
    quiet,
    text(text) {
      if (!json && text !== '') stdout.write(ended(signs(text, stdout)));
    },
    raw(text) {
      if (!json) stdout.write(text);
    },
    jsonLine(value) {
      if (json) line(value);
    },
    success: (data) => line({ success: true, data: data ?? null }),
    failure: (error, data) =>
      line({ success: false, error, ...(data === undefined ? {} : { data }) }),
    note(text) {
      if (!quiet) stderr().write(before + ended(folded(signs(text, stderr()), stderr())));
    },
    problem(text) {
      stderr().write(before + ended(signs(text, stderr())));
    },
    // TERM=dumb cannot take a line back.
    get progressWidth() {
      return !json && !quiet && process.env['TERM'] !== 'dumb' && stderr().isTTY
        ? stderr().columns || 80
        : null;
    },
    progressBegins() {
      before = clearLine;
    },
    progressEnds(isShown) {
      before = '';
      if (isShown) stderr().write(clearLine);
    },
    onReaderGone(action) {
      readerGone = action;
    },
    flushed: async () => {
      await Promise.all((opened === null ? [stdout] : [stdout, opened]).map(flush));
      // The event of an error comes behind the callbacks, and says how to end.
      if (stdout.errored) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Between words where a terminal is narrower; commands to copy, which are indented, stay whole. */
function folded(text: string, { isTTY, columns }: NodeJS.WriteStream): string {
  if (!isTTY || !columns) return text;
  const screen = { width: columns, cells: (line: string) => line.length };
  return text
    .split('\n')
    .map((line) => (line.startsWith(' ') ? line : wrapped(line, '', screen)))
    .join('\n');
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.errored) resolve();
    else stream.write('', () => resolve());
  });
}
