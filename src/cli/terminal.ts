// What the views need to know about where their text goes: width, colour, zone
// and the instant that relative times are measured from.
import { styleText } from 'node:util';

export type Style =
  | 'bold'
  | 'dim'
  | 'red'
  | 'green'
  | 'yellow'
  | 'cyan'
  | 'magenta'
  | 'blue'
  | 'underline';

export interface Terminal {
  /** Columns; Infinity when the text goes to a file or a pipe and nothing need be cut. */
  readonly width: number;
  readonly isTty: boolean;
  /** Lines may be rewritten: a terminal that can move its cursor. */
  readonly canAnimate: boolean;
  /** The person's own time zone. */
  readonly zone: string;
  /** Epoch ms, fixed for one answer so that all relative times agree. */
  readonly now: number;
  style(style: Style, text: string): string;
  /** How many screen cells a text without control characters takes. */
  cells(text: string): number;
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
  /** Asked once, when a view needs it: finding it out costs as much as a small command. */
  readonly zone: () => string;
  readonly now: number;
}): Terminal {
  const isTty = input.stream.isTTY === true;
  let zone: string | null = null;
  const colour = wantsColour({ isTty, noColorFlag: input.noColorFlag, env: input.env });
  return {
    // A terminal that reports 0 columns (some CI consoles) says nothing about its width.
    width: isTty ? input.stream.columns || 80 : Number.POSITIVE_INFINITY,
    isTty,
    canAnimate: isTty && input.env['TERM'] !== 'dumb' && (input.stream.columns ?? 0) > 0,
    get zone() {
      zone ??= input.zone();
      return zone;
    },
    now: input.now,
    style: (style, text) =>
      colour && text !== '' ? styleText(style, text, { validateStream: false }) : text,
    cells: (text) => text.length,
  };
}

/** Scripts in which a character may take two cells, or none; dashes, arrows and blocks take one. */
const needsMeasuring = /[\u0300-\u036f\u0590-\u1fff\u2300-\u23ff\u25a0-\uffff]/;

/**
 * A view's text, aligned by true widths. The tables for that are loaded only
 * when the text needs them: most never does.
 */
export async function rendered(
  view: (terminal: Terminal) => string,
  terminal: Terminal,
): Promise<string> {
  const text = view(terminal);
  if (!needsMeasuring.test(text)) return text;
  const { default: stringWidth } = await import('string-width');
  return view({ ...terminal, cells: (measured) => stringWidth(measured) });
}
