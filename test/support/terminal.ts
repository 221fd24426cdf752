import stringWidth from 'string-width';
import type { Terminal } from '../../src/cli/terminal.ts';

/** A terminal without colour, wide enough unless told otherwise, in a fixed zone at a fixed time. */
export function aTerminal(options: Partial<Terminal> = {}): Terminal {
  return {
    width: Number.POSITIVE_INFINITY,
    isTty: false,
    canAnimate: false,
    zone: 'Europe/Berlin',
    now: Date.parse('2026-03-27T13:05:00Z'),
    style: (_style, text) => text,
    cells: (text) => stringWidth(text),
    ...options,
  };
}
