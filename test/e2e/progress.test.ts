// The line that tells how far longer work is, on a real terminal.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, program } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;
let project: Project;

beforeAll(async () => {
  project = await aProject('version: 1\njobs:\n  alpha: {command: "true"}\n');
});
afterAll(() => project.cleanUp());

/** What a terminal of 60 columns gets. */
async function onTerminal(words: string): Promise<string> {
  const call = `stty cols 60; '${process.execPath}' '${program}' ${words}`;
  const child = spawn('script', ['-qec', call, '/dev/null'], {
    cwd: project.dir,
    env: { ...process.env, TERM: 'xterm', JM2_HOME: join(project.home, '.jm2') },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  await once(child, 'close');
  return shown;
}

describe.skipIf(!hasScript)('on a terminal [platform: needs script]', () => {
  it('work of seconds tells how far it is, although it leaves the loop no moment, and takes the line away', async () => {
    // The proof reads a year of minutes for each of them.
    const jobs = Array.from({ length: 80 }, (_, at) => `${at % 60} 0 1 1 * /bin/echo ${at}`);
    await writeFile(join(project.dir, 'old.cron'), `${jobs.join('\n')}\n`);
    const shown = await onTerminal('import old.cron --from crontab --dry-run --no-color');
    const [nothing, ...lines] = shown.split('\r\u001b[K');
    expect(nothing).toBe('');
    expect(lines[0]).toMatch(/^comparing starts … \d+ %$/);
    expect(lines.at(-1)).toMatch(/^JOB /);
  });

  it('a quick command shows none', async () => {
    const shown = await onTerminal('validate --no-color');
    expect(shown).toMatch(/valid/);
    expect(shown).not.toContain('\u001b');
  });
});
