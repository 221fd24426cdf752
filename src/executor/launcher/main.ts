// Entry of the launcher: the one small process that is the parent of all
// commands of a daemon. It outlives the daemon until its last command has ended.
// Imports nothing but Node's own modules: what it loads, every fork pays for.
import { closeSync, readFileSync, readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { systemClock } from '../../system/clock.ts';
import { processStart } from '../../system/process-identity.ts';
import { createLogGuard } from '../log-guard.ts';
import { Attempts } from './attempts.ts';
import { LineSplitter, type LauncherEvent, type StartRequest } from './protocol.ts';

// A terminal or a service manager signals whole groups; the launcher ends by the
// end of its input alone, after its last command.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const) {
  process.on(signal, () => {});
}

closeInheritedDescriptors();

let daemonIsGone = false;
let unsent: string[] = [];
// Sockets and not process.stdin and process.stdout, whose writes block on Linux:
// a daemon that does not read must not stop the recording of ends.
const input = new Socket({ fd: 0, readable: true, writable: false });
const output = new Socket({ fd: 1, readable: false, writable: true });
// The daemon went away while an event was under way; the files have it all.
output.on('error', () => {});
output.on('close', () => {});

const attempts = new Attempts({
  clock: systemClock,
  guard: createLogGuard(systemClock),
  send,
  ownStart: processStart(process.pid),
  idle: leaveWhenDone,
});

const lines = new LineSplitter();
input.on('data', (chunk: Buffer) => {
  for (const line of lines.push(chunk)) attempts.add(JSON.parse(line) as StartRequest);
});
// A last line without its newline is a request that the daemon did not finish
// writing: no token is taken for it, so recovery settles it.
input.on('end', daemonLeft);
input.on('error', daemonLeft);
input.on('close', daemonLeft);
send({ kind: 'ready' });

/** Gathers what happens in one turn of the event loop into one write. */
function send(event: LauncherEvent): void {
  if (daemonIsGone) return;
  unsent.push(`${JSON.stringify(event)}\n`);
  if (unsent.length > 1) return;
  setImmediate(() => {
    if (output.writable) output.write(unsent.join(''));
    unsent = [];
  });
}

function daemonLeft(): void {
  daemonIsGone = true;
  leaveWhenDone();
}

function leaveWhenDone(): void {
  if (daemonIsGone && attempts.isIdle) process.exit(0);
}

/**
 * Commands get descriptors 0 to 2 and no other. Node marks its own so; ones that
 * whoever started the daemon left open are closed here, once.
 */
function closeInheritedDescriptors(): void {
  const closeOnExec = 0o2000000;
  let names: string[];
  try {
    names = readdirSync('/proc/self/fdinfo');
  } catch {
    return;
  }
  for (const name of names) {
    const descriptor = Number(name);
    if (descriptor <= 2) continue;
    try {
      const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'));
      if (flags?.[1] === undefined || (Number.parseInt(flags[1], 8) & closeOnExec) !== 0) continue;
      closeSync(descriptor);
    } catch {
      // The descriptor of the listing itself is closed by now.
    }
  }
}
