// What the views need to know about where their text goes: width, colour, zone
// and the instant that relative times are measured from.
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'underline';

export interface Terminal {
  /** Columns; Infinity when the text goes to a file or a pipe and nothing need be cut. */
  readonly width: number;
  readonly isTty: boolean;
  /** The person's own time zone. */
  readonly zone: string;
  /** Epoch ms, fixed for one answer so that all relative times agree. */
  readonly now: number;
  style(style: Style, text: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Colour goes to a terminal only, and not where NO_COLOR (non-empty),
 * `--no-color` or TERM=dumb ask for none. FORCE_COLOR overrides a missing terminal.
 */
export function wantsColour(input: {
  readonly isTty: boolean;
  readonly noColorFlag: boolean;
  readonly env: Environment;
}): boolean {
  if (input.noColorFlag || isSet(input.env['NO_COLOR'])) return false;
  const forced = input.env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return input.isTty && input.env['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

export function createTerminal(input: {
  readonly stream: { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Environment;
  readonly noColorFlag: boolean;
  readonly zone: string;
  readonly now: number;
}): Terminal {
  const isTty = input.stream.isTTY === true;
  const colour = wantsColour({ isTty, noColorFlag: input.noColorFlag, env: input.env });
  return {
    // A terminal that reports 0 columns (some CI consoles) says nothing about its width.
    width: isTty ? input.stream.columns || 80 : Number.POSITIVE_INFINITY,
    isTty,
    zone: input.zone,
    now: input.now,
    style: (style, text) =>
      colour && text !== '' ? styleText(style, text, { validateStream: false }) : text,
  };
}
