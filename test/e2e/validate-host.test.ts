import { afterEach, expect, it } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../src/core/diagnostics/diagnostic.ts';
import { aProject, type Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

const manifest = `version: 1
jobs:
  fine: {schedule: every 1h, command: "true"}
  program: {schedule: every 1h, command: [/usr/bin/no-such-program]}
  folder: {schedule: every 1h, cwd: /no/such/folder, command: "true"}
  account: {schedule: every 1h, user: no-such-account, command: "true"}
  secret: {schedule: every 1h, env: {KEY: {from: env, key: NO_SUCH_VARIABLE}}, command: "true"}
`;

it('looks with --deep for what the jobs need of this host, at its place in the manifest', async () => {
  project = await aProject(manifest);
  expect((await project.call(['validate'])).code).toBe(0);
  const { code, json } = await project.call(['validate', '--deep', '--json']);
  const diagnostics = json().data['diagnostics'] as Diagnostic[];
  expect([code, diagnostics.map((one) => [one.code, one.path, one.range?.start.line])]).toEqual([
    3,
    [
      ['JM2-M401', '/jobs/program', 4],
      ['JM2-M401', '/jobs/folder', 5],
      ['JM2-M402', '/jobs/account', 6],
      ['JM2-M403', '/jobs/secret', 7],
    ],
  ]);
  const { stderr, stdout } = await project.call(['validate', '--deep']);
  expect(stdout + stderr).toContain('command "/usr/bin/no-such-program" does not exist');
});

it('accepts with --deep what can start, and warns of a secret that others can read', async () => {
  project = await aProject(`version: 1
jobs:
  a: {schedule: every 1h, env_file: secrets.env, command: "true"}
`);
  await writeFile(join(project.dir, 'secrets.env'), 'API_TOKEN=value\n', { mode: 0o644 });
  const { code, json } = await project.call(['validate', '--deep', '--json']);
  const diagnostics = json().data['diagnostics'] as Diagnostic[];
  expect([code, diagnostics.map((one) => one.code)]).toEqual([0, ['JM2-M404']]);
});

it('checks again with --watch on every save, also of a file that the manifest reads', async () => {
  project = await aProject(`version: 1
calendars: {holidays: {file: holidays.ics}}
jobs:
  a: {schedule: "0 3 * * *", calendar: {except: holidays}, command: "true"}
`);
  const live = project.start(['validate', '--watch', '--json']);
  const verdicts = (text: string): string =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { success: boolean }).success)
      .join(' ');
  await live.until(/^\{"success":false.*\n/);
  const event = 'BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20301224\r\nEND:VEVENT\r\n';
  await writeFile(
    join(project.dir, 'holidays.ics'),
    `BEGIN:VCALENDAR\r\n${event}END:VCALENDAR\r\n`,
  );
  await live.until(/\{"success":true.*\n/);
  await project.save('version: 1\njobs: {a: {comand: x}}\n');
  await live.until(/\{"success":true.*\n\{"success":false.*\n/);
  live.process.kill('SIGINT');
  expect([await live.ended, verdicts(live.output())]).toEqual([3, 'false true false']);
});

it.each([
  [['validate', '-', '--watch']],
  [['validate', '--watch', '--format', 'github']],
  [['validate', '--watch', '--format-into', 'sarif=x.sarif']],
])('refuses jm2 %j', async (args) => {
  project = await aProject(manifest);
  const { code, stderr } = await project.call(args);
  expect([code, stderr]).toEqual([64, expect.stringContaining('--watch is for files')]);
});
