// Ends the daemons that a test has left, without a process for each: hundreds of
// projects are cleaned up, and most of them have no daemon.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '../../src/api/client.ts';
import { isAlive, processStart } from '../../src/system/process-identity.ts';

const goneWithinMs = 40_000;

/** Directories below a home of jm2 in which a daemon may run. */
function stateDirectories(home: string): readonly string[] {
  const projects = join(home, 'projects');
  const names = existsSync(projects) ? readdirSync(projects) : [];
  return [home, ...names.map((name) => join(projects, name))];
}

/** As `jm2 stop --now`; false when one could not be asked. */
export async function stopDaemons(home: string): Promise<boolean> {
  const all = await Promise.all(stateDirectories(home).map(stopDaemon));
  return all.every(Boolean);
}

async function stopDaemon(directory: string): Promise<boolean> {
  const pidFile = join(directory, 'daemon.pid');
  if (!existsSync(pidFile)) return true;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  const start = processStart(pid);
  if (start === null) return true;
  try {
    await createClient(join(directory, 'daemon.sock')).shutdown({ mode: 'drain', graceMs: 0 });
  } catch {
    return false;
  }
  const deadline = performance.now() + goneWithinMs;
  while (isAlive(pid, start)) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
