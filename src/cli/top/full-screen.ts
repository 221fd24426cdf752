// Owns the terminal while `jm2 top` is open: the alternate screen, keys one by
// one, and everything given back at the end, however that comes.
import { emitKeypressEvents } from 'node:readline';
import type { Output } from '../output.ts';
import { enterScreen, frameChange, leaveScreen } from './frame.ts';
import type { Key } from './press.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface FullScreen {
  size(): Size;
  /** Writes what differs from what stands there. */
  show(lines: readonly string[]): void;
  /** Back to the shell, until somebody brings the program to the front again. */
  suspend(): void;
  close(): void;
}

interface Handlers {
  readonly key: (key: Key) => void;
  readonly resized: () => void;
  /** The terminal has gone, or a signal asks to end. */
  readonly ended: () => void;
}

/** Both streams must be terminals. */
export function openFullScreen(output: Output, handlers: Handlers): FullScreen {
  const { stdin, stdout } = process;
  let shown: readonly string[] | null = null;
  let isOpen = false;

  const enter = (): void => {
    stdin.setRawMode(true);
    stdin.resume();
    output.raw(enterScreen);
    shown = null;
    isOpen = true;
  };
  // Also called on the way out after a crash: writes to a terminal are done when they return.
  const leave = (): void => {
    if (!isOpen) return;
    isOpen = false;
    output.raw(leaveScreen);
    stdin.setRawMode(false);
    stdin.pause();
  };
  const resized = (): void => {
    shown = null;
    handlers.resized();
  };
  const continued = (): void => {
    if (!isOpen) enter();
    resized();
  };
  const pressed = (text: string | undefined, key: Keypress): void => {
    // With Alt a letter is another key; of Escape alone readline says the same.
    if (key.meta === true && key.name !== 'escape') return;
    // Something else wrote on the screen: all of it is written anew.
    if (key.ctrl === true && key.name === 'l') return resized();
    handlers.key({ name: key.name ?? text ?? '', text: text ?? '', ctrl: key.ctrl === true });
  };
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

  emitKeypressEvents(stdin);
  stdin.on('keypress', pressed);
  stdin.once('end', handlers.ended);
  stdout.on('resize', resized);
  process.on('SIGCONT', continued);
  for (const signal of signals) process.on(signal, handlers.ended);
  // Before what went wrong is printed, which would vanish with this screen.
  process.on('uncaughtExceptionMonitor', leave);
  process.on('exit', leave);
  enter();

  return {
    // A terminal that does not tell its size has the one that terminals began with.
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    show(lines) {
      if (!isOpen) return;
      const change = frameChange(shown, lines);
      shown = lines;
      if (change !== '') output.raw(change);
    },
    suspend() {
      leave();
      process.kill(process.pid, 'SIGSTOP');
    },
    close() {
      leave();
      stdin.off('keypress', pressed);
      stdin.off('end', handlers.ended);
      stdout.off('resize', resized);
      process.off('SIGCONT', continued);
      for (const signal of signals) process.off(signal, handlers.ended);
      process.off('uncaughtExceptionMonitor', leave);
      process.off('exit', leave);
    },
  };
}

interface Keypress {
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}
