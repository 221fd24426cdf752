// The line that tells how far longer work is, on a real terminal.
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';
import { hasScript, onTerminal } from '../support/on-terminal.ts';

let project: Project;

beforeAll(async () => {
  project = await aProject('version: 1\njobs:\n  alpha: {command: "true"}\n');
});
afterAll(() => project.cleanUp());

describe.skipIf(!hasScript)('on a terminal [platform: needs script]', () => {
  it('work of seconds tells how far it is, although it leaves the loop no moment, and takes the line away', async () => {
    // The proof reads a year of minutes for each of them.
    const jobs = Array.from({ length: 150 }, (_, at) => `${at % 60} * * * * /bin/echo ${at}`);
    await writeFile(join(project.dir, 'old.cron'), `${jobs.join('\n')}\n`);
    const { shown } = await onTerminal(project, ['import', 'old.cron', '--dry-run', '--no-color']);
    const [nothing, ...lines] = shown.split('\r\u001b[K');
    expect(nothing).toBe('');
    expect(lines[0]).toMatch(/^comparing starts … \d+ %$/);
    expect(lines.at(-1)).toMatch(/^JOB /);
  });

  it('a quick command shows none', async () => {
    const { shown } = await onTerminal(project, ['validate', '--no-color']);
    expect(shown).toMatch(/valid/);
    expect(shown).not.toContain('\u001b');
  });
});
