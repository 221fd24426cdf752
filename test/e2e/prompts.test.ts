// Questions on a real terminal: whatever is not a clear yes changes nothing.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';
import { ctrlC, ctrlD, enter, hasScript, onTerminal } from '../support/on-terminal.ts';

const manifest = `version: 1
jobs:
  bad: {command: "exit 3"}
  tick: {command: "true", schedule: every 1h}
  web-1: {command: "true"}
  web-2: {command: "true"}
`;
/** Not in force: the daemon waits for an apply. */
const changed = manifest.replace('exit 3', 'exit 4');

let project: Project;
const ask = async (...args: string[]): Promise<Readonly<Record<string, unknown>>> =>
  (await project.call([...args, '--json'])).json().data;

/** All that a yes would have changed. */
async function everything(): Promise<unknown> {
  const [{ jobs }, { runs }, { revision }] = await Promise.all([
    ask('list'),
    ask('history'),
    ask('status'),
  ]);
  const states = (jobs as { name: string; state: string }[]).map(({ name, state }) => name + state);
  return [states, runs, revision, readFileSync(project.manifest, 'utf8')];
}

describe.skipIf(!hasScript)('a question on a terminal [platform: needs script]', () => {
  let before: unknown;
  beforeAll(async () => {
    project = await aProject(manifest, { env: { JM2_SYNC: 'manual' } });
    await project.call(['start']);
    await project.call(['apply', '--auto-approve']);
    await project.call(['run', 'tick', '--wait']);
    await project.save(changed);
    // The daemon has seen it, which alone changes what it tells of the source.
    await eventually(
      async () => ((await ask('status'))['sync'] as { state: string }).state === 'pending',
      'the daemon to see the save',
    );
    before = await everything();
  });
  afterAll(() => project.cleanUp());

  it.concurrent.each<[args: string[], question: string, keys: string]>([
    [['remove', 'web-1'], '[y/N]', ctrlC],
    [['remove', 'web-1'], '[y/N]', enter],
    [['run', 'web-*'], '[y/N]', ctrlC],
    [['flush', '--history', '1ms'], '[y/N]', ctrlD],
    [['backfill', 'tick', '--from', '-10d'], '[y/N]', ctrlC],
    [['apply'], 'Only "yes"', ctrlC],
    [['apply'], 'Only "yes"', `y${enter}`],
    [['edit', 'bad'], '[Y/n]', ctrlC],
    [['edit', 'bad'], '[Y/n]', ctrlD],
  ])('jm2 %j, asked %s, takes %j for a no', async (args, question, keys) => {
    // An editor that breaks what it is given.
    const env = { EDITOR: 'sed -i s/command:/comand:/', JM2_SYNC: 'manual' };
    const { code, shown } = await onTerminal(project, args, { presses: [[question, keys]], env });
    expect([code, shown]).toEqual([5, expect.stringMatching(/not changed|Nothing was changed/)]);
    // What is said of it begins on a line of its own.
    expect(shown).not.toMatch(/[\])?:] error/);
  });

  it('nothing of all that changed anything', async () => {
    expect(await everything()).toEqual(before);
  });

  it('a yes does it, and Enter opens the editor again', async () => {
    const env = { JM2_SYNC: 'manual', EDITOR: './editor' };
    // Breaks it at first, and mends it when it is asked again.
    const script = `#!/bin/sh
if grep -q comand "$1"; then sed -i s/comand:/command:/ "$1"; else sed -i s/command:/comand:/ "$1"; fi
`;
    await writeFile(`${project.dir}/editor`, script, { mode: 0o755 });
    const edited = await onTerminal(project, ['edit', 'bad'], { presses: [['[Y/n]', enter]], env });
    expect([edited.code, edited.shown]).toEqual([0, expect.stringContaining('says so already')]);
    const applied = await onTerminal(project, ['apply'], {
      presses: [['Only "yes"', `yes${enter}`]],
      env,
    });
    expect([applied.code, applied.shown]).toEqual([0, expect.stringContaining('revision 2')]);
  });
});
