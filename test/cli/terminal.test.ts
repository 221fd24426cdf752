import { describe, expect, it } from 'vitest';
import { createTerminal, rendered, wantsColour } from '../../src/cli/terminal.ts';

describe('colour', () => {
  const tty = { isTty: true, noColorFlag: false };
  it('is used on a terminal', () => {
    expect(wantsColour({ ...tty, env: {} })).toBe(true);
  });
  it('is not used in a pipe', () => {
    expect(wantsColour({ ...tty, isTty: false, env: {} })).toBe(false);
  });
  it('is not used with a non-empty NO_COLOR', () => {
    expect(wantsColour({ ...tty, env: { NO_COLOR: '1' } })).toBe(false);
    expect(wantsColour({ ...tty, env: { NO_COLOR: '' } })).toBe(true);
  });
  it('is not used on a dumb terminal or with --no-color', () => {
    expect(wantsColour({ ...tty, env: { TERM: 'dumb' } })).toBe(false);
    expect(wantsColour({ ...tty, noColorFlag: true, env: { FORCE_COLOR: '1' } })).toBe(false);
  });
  it('is used in a pipe when FORCE_COLOR asks for it', () => {
    expect(wantsColour({ ...tty, isTty: false, env: { FORCE_COLOR: '1' } })).toBe(true);
  });
});

describe('a terminal', () => {
  const common = { env: {}, noColorFlag: false, zone: () => 'UTC', now: 0 };
  it('has no width when the text goes to a file', () => {
    expect(createTerminal({ ...common, stream: {} }).width).toBe(Number.POSITIVE_INFINITY);
  });
  it('is taken for 80 columns when it does not tell', () => {
    expect(createTerminal({ ...common, stream: { isTTY: true, columns: 0 } }).width).toBe(80);
  });
  it('moves its cursor only where it has one and a width', () => {
    const of = (columns: number, TERM: string): boolean =>
      createTerminal({ ...common, env: { TERM }, stream: { isTTY: true, columns } }).canAnimate;
    expect([of(80, 'xterm'), of(80, 'dumb'), of(0, 'xterm')]).toEqual([true, false, false]);
  });
  it('styles text only with colour', () => {
    const plain = createTerminal({ ...common, stream: {} });
    const coloured = createTerminal({ ...common, stream: { isTTY: true, columns: 100 } });
    expect(plain.style('red', 'x')).toBe('x');
    expect(coloured.style('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  });

  it('measures wide characters by their true width where a text has any', async () => {
    const terminal = createTerminal({ ...common, stream: {} });
    const width = (text: string) => (screen: { cells(text: string): number }) =>
      `${text} ${screen.cells(text)}`;
    expect(await rendered(width('plain → …'), terminal)).toBe('plain → … 9');
    expect(await rendered(width('日本語'), terminal)).toBe('日本語 6');
    expect(await rendered(width('e\u0301'), terminal)).toBe('e\u0301 1');
  });
});
