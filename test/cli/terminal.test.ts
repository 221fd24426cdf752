import { describe, expect, it } from 'vitest';
import { createTerminal, wantsColour } from '../../src/cli/terminal.ts';

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
  const common = { env: {}, noColorFlag: false, zone: 'UTC', now: 0 };
  it('has no width when the text goes to a file', () => {
    expect(createTerminal({ ...common, stream: {} }).width).toBe(Number.POSITIVE_INFINITY);
  });
  it('is taken for 80 columns when it does not tell', () => {
    expect(createTerminal({ ...common, stream: { isTTY: true, columns: 0 } }).width).toBe(80);
  });
  it('styles text only with colour', () => {
    const plain = createTerminal({ ...common, stream: {} });
    const coloured = createTerminal({ ...common, stream: { isTTY: true, columns: 100 } });
    expect(plain.style('red', 'x')).toBe('x');
    expect(coloured.style('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  });
});
