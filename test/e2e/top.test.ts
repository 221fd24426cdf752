// `jm2 top` in a real terminal: tmux holds it, types into it and tells what it shows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, program } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';
import { hasTmux, Screen } from '../support/screen.ts';

const manifest = `version: 1
jobs:
  alpha:
    command: echo first line; sleep 0.3; echo "second \u5b57 line"
  beta:
    schedule: every 1h
    command: exec sleep 60
`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest);
  await project.call(['start']);
});
afterAll(() => project.cleanUp());

describe.skipIf(!hasTmux)('on a terminal [platform: needs tmux and /proc]', () => {
  it('selects, runs, shows the log, pauses, ends a run after a yes, and gives the terminal back', async () => {
    const words = ['top', '--no-color'];
    const shell = `echo before; '${process.execPath}' '${program}' ${words.join(' ')}; echo "ended $?"; stty -a | grep -o '[^ ]*icanon'; exec cat`;
    const screen = new Screen(`jm2-top-${process.pid}`, shell, project);
    try {
      await screen.until(/▶ beta +scheduled/);
      screen.press('j');
      await screen.until(/▶ alpha +manual/);
      screen.press('r');
      await screen.until(/Log of alpha {2}run \w+\nfirst line\nsecond \u5b57 line\n/);
      screen.press('p');
      await screen.until(/▶ alpha +paused/);
      screen.press('k', 'r');
      await screen.until(/▶ beta +running/);
      screen.press('c');
      await screen.until(/End the 1 running run of beta\?/);
      screen.press('y');
      await screen.until(/▶ beta +scheduled.+canceled/);
      screen.press('Enter');
      await screen.until(/state +scheduled[^]*command +exec sleep 60/);
      screen.press('q', 'q');
      const after = await screen.until(/ended 0\n *icanon/);
      expect(after).toMatch(/^before\n/);
      expect(screen.modes()).toBe('0 1 1');
    } finally {
      screen.end();
    }
    const list = await project.call(['list', '--json']);
    expect(list.json().data['jobs']).toMatchObject([
      { name: 'alpha', state: 'paused', lastRun: { state: 'succeeded' } },
      { name: 'beta', state: 'scheduled', lastRun: { state: 'canceled' } },
    ]);
  });

  it('shows the store while no daemon runs, notices the next one, and gives way to a signal', async () => {
    const shell = `'${process.execPath}' '${program}' top; echo "ended $?"; exec cat`;
    const screen = new Screen(`jm2-top-down-${process.pid}`, shell, project);
    try {
      await screen.until(/ live /);
      await project.call(['stop']);
      await screen.until(/No daemon runs/);
      screen.press('r');
      await screen.until(/nothing can be changed: jm2 start/);
      await project.call(['start']);
      await screen.until(/ live /);
      screen.terminate();
      await screen.until(/ended 0/);
      expect(screen.modes()).toBe('0 1 1');
    } finally {
      screen.end();
    }
  });
});

it('without a terminal is refused, with the command that needs none', async () => {
  const plain = await project.call(['top']);
  expect(plain.code).toBe(64);
  expect(plain.stderr).toContain('jm2 status');
  const json = await project.call(['top', '--json']);
  expect(json.code).toBe(64);
  expect(json.json().error?.code).toBe('JM2-C102');
});
