// Completion as shells ask for it: what is offered with a daemon, without one and
// before anything is in force, and what the scripts make of the answers.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, program } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';
import { hasTmux, Screen } from '../support/screen.ts';

let project: Project;
let bin: string;
beforeAll(async () => {
  project = await aProject(`version: 1
jobs:
  nightly: {command: echo, schedule: "0 3 * * *", tags: [db], description: Dump of the shop}
  web-1: {command: echo, tags: [web]}
  web-2: {command: exit 3, tags: [web]}
`);
  bin = join(project.home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'jm2'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(join(bin, 'jm2'), 0o755);
});
afterAll(() => project.cleanUp());

/** The values offered, as lines of value and meaning. */
async function offered(words: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await project.call(['__complete', ...words]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(1, -1);
}

const has = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** What a shell prints that has been given our script and a program of its own. */
function inShell(shell: string, args: readonly string[], source: string): string {
  const result = spawnSync(shell, [...args, source], {
    cwd: project.dir,
    encoding: 'utf8',
    timeout: 30_000,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      HOME: project.home,
      JM2_HOME: join(project.home, '.jm2'),
    },
  });
  expect(result.stderr).toBe('');
  return result.stdout;
}

it('names come from the manifest, then from the daemon, then from the store', async () => {
  expect(await offered(['logs', 'n'])).toEqual(['nightly\tDump of the shop']);
  await project.call(['start']);
  expect(await offered(['logs', 'n'])).toEqual(['nightly\tscheduled: Dump of the shop']);
  await project.call(['run', 'web-2', '--wait']);
  await project.call(['pause', 'web-1']);
  await project.call(['stop', '--now']);
  expect(await offered(['logs', 'web'])).toEqual(['web-1\tpaused', 'web-2\tmanual']);
});

it('offers runs by short ids, newest first, with how they ended', async () => {
  const lines = await offered(['rerun', '']);
  expect(lines.at(-1)).toMatch(/^[0-9a-z]{10,26}\tweb-2 failed (?:now|.*ago)$/);
  const [id = ''] = lines.at(-1)?.split('\t') ?? [];
  expect((await project.call(['history', '--run', id])).code).toBe(0);
});

it('offers what fits: tags, paused jobs, fields, zones, events, codes, choices', async () => {
  expect(await offered(['list', '-t', ''])).toEqual(['db\t1 job', 'web\t2 jobs']);
  expect(await offered(['resume', ''])).toEqual(['web-1\tpaused']);
  expect(await offered(['cancel', ''])).toEqual([]);
  expect(await offered(['edit', 'nightly', '--set', 'time'])).toEqual([
    'timezone=\t',
    'timeout=\t',
  ]);
  expect(await offered(['preview', '--tz', 'Europe/Berl'])).toEqual(['Europe/Berlin\t']);
  expect(await offered(['events', '--kind=run.q'])).toEqual(['--kind=run.queued\t']);
  expect(await offered(['explain', 'JM2-C101'])).toEqual(['JM2-C101\tunknown command']);
  expect(await offered(['rollback', ''])).toEqual([expect.stringMatching(/^1\t(now|.* ago)/)]);
  expect(await offered(['run', 'nightly', '-p', 'h'])).toEqual(['high\t']);
  expect(await offered(['completion', 'f'])).toEqual(['fish\t']);
  expect(await offered(['add', '--cron', '@workd'])).toEqual(['@workdays\t0 9 * * 1-5']);
});

it('says nothing at all where something is wrong', async () => {
  for (const words of [
    ['nonsense', ''],
    ['logs', '--nonsense=x'],
    ['--manifest', '/no', 'logs', ''],
  ]) {
    expect(await offered(words)).toEqual([]);
  }
  expect(await offered(['--manifest', 'jobs.yaml', 'logs', 'web-2'])).toEqual(['web-2\tmanual']);
});

it('prints one script per shell, installs it, and replaces no file of somebody else', async () => {
  const { json } = await project.call(['completion', 'bash', '--json']);
  expect(json().data).toMatchObject({ shell: 'bash', file: null });
  const data = join(project.home, 'data');
  const env = { XDG_DATA_HOME: data, SHELL: '/bin/zsh' };
  const installed = await project.call(['completion', '--install', '--json'], { env });
  const file = join(data, 'zsh/site-functions/_jm2');
  expect(installed.json().data).toMatchObject({
    file,
    line: `fpath=(${data}/zsh/site-functions $fpath)`,
  });
  writeFileSync(file, '# mine\n');
  expect((await project.call(['completion', 'zsh', '--install'], { env })).code).toBe(5);
  expect(readFileSync(file, 'utf8')).toBe('# mine\n');
  expect((await project.call(['completion', 'zsh', '--install', '--force'], { env })).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toMatch(/^#compdef jm2\n/);
});

it('an unknown shell is a wrong call that names the known ones', async () => {
  const { code, stderr } = await project.call(['completion', 'tcsh']);
  expect([code, stderr]).toEqual([64, expect.stringContaining('bash, zsh, fish, powershell')]);
  expect((await project.call(['completion'], { env: { SHELL: '/bin/tcsh' } })).code).toBe(64);
});

describe('the scripts', () => {
  it('bash puts words together that it split, and evaluates nothing', async () => {
    const { stdout } = await project.call(['completion', 'bash']);
    const driver = `${stdout}
ask() { COMP_LINE=$1 COMP_POINT=\${#1}; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _jm2 jm2
  echo "\${COMPREPLY[*]}"; }
ask 'jm2 hist' jm2 hist
ask 'jm2 list --state=fa' jm2 list --state = fa
ask 'jm2 list --tag=' jm2 list --tag =
ask 'jm2 logs "web-' jm2 logs '"web-'
ask 'jm2 edit nightly --set timeout=' jm2 edit nightly --set timeout =
ask 'jm2 $(touch pwned) ' jm2 '$(touch pwned)' ''`;
    expect(inShell('bash', ['--norc', '-c'], driver).split('\n')).toEqual([
      'history',
      'failed',
      'db web',
      'web-1 web-2',
      '',
      '',
      '',
    ]);
    expect(existsSync(join(project.dir, 'pwned'))).toBe(false);
  });

  it.skipIf(!has('zsh'))('zsh shows values with their meaning [platform: needs zsh]', async () => {
    const { stdout } = await project.call(['completion', 'zsh']);
    const driver = `
_describe() { print -rl -- "\${(@P)3}"; }
_files() { print -r -- files "$@"; }
compset() { :; }
compdef() { :; }
${stdout}
ask() { words=("$@"); CURRENT=$#; PREFIX=$words[-1]; _jm2; }
ask jm2 hist
ask jm2 logs '"web-'
ask jm2 list --state=fa
ask jm2 export -o ''
ask jm2 init --dir=x`;
    expect(inShell('zsh', ['-f', '-c'], driver).trimEnd().split('\n')).toEqual([
      'history:List past runs and what became of occurrences',
      'web-1:paused',
      'web-2:manual',
      '--state=failed',
      'files',
      'files -/',
    ]);
  });

  it.skipIf(!has('fish'))('fish completes values and files [platform: needs fish]', async () => {
    const { stdout } = await project.call(['completion', 'fish']);
    const driver = `${stdout}
for line in "jm2 hist" "jm2 logs web" "jm2 list --state=fa" "jm2 export --output=jo"
    complete --do-complete $line
end`;
    expect(inShell('fish', ['--no-config', '-c'], driver).trimEnd().split('\n')).toEqual([
      'history\tList past runs and what became of occurrences',
      'web-1\tpaused',
      'web-2\tmanual',
      '--state=failed',
      '--output=jobs.yaml',
    ]);
  });

  it.skipIf(!hasTmux || !has('zsh'))(
    'bash and zsh complete what a person types [platform: needs tmux and zsh]',
    async () => {
      for (const shell of ['bash', 'zsh']) {
        const { stdout } = await project.call(['completion', shell]);
        writeFileSync(join(project.dir, `jm2.${shell}`), stdout);
      }
      const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      const bash = new Screen(`jm2-bash-${process.pid}`, 'exec bash --norc -i', project, env);
      const zsh = new Screen(`jm2-zsh-${process.pid}`, 'exec zsh -f -i', project, env);
      try {
        bash.type(". ./jm2.bash; PS1='> '; clear\n");
        zsh.type("autoload -U compinit; compinit -u -D; . ./jm2.zsh; PS1='> '; clear\n");
        for (const screen of [bash, zsh]) {
          await screen.until(/^>\s*$/);
          screen.type('jm2 his\t');
        }
        for (const screen of [bash, zsh]) {
          await screen.until(/^> jm2 history\s*$/);
          screen.type('--trig\tback\t');
        }
        await bash.until(/^> jm2 history --trigger backfill\s*$/);
        await zsh.until(/^> jm2 history --trigger backfill\s*$/);
        for (const screen of [bash, zsh]) screen.type('&& jm2 watch web-\t\t');
        await bash.until(/jm2 watch web-\s*\nweb-1 +web-2/);
        await zsh.until(/jm2 watch web-\d?\s*\nweb-1 +-- paused\s*\nweb-2 +-- manual/);
      } finally {
        bash.end();
        zsh.end();
      }
    },
  );

  it('PowerShell registers a completer of its own, whose brackets close', async () => {
    const { stdout } = await project.call(['completion', 'powershell']);
    expect(stdout).toContain('Register-ArgumentCompleter -Native -CommandName jm2 -ScriptBlock {');
    expect(stdout).not.toMatch(/Invoke-Expression|\biex\b/i);
    const open: string[] = [];
    for (const bracket of stdout.replace(/"[^"]*"|'[^']*'/g, '').match(/[()[\]{}]/g) ?? []) {
      if ('([{'.includes(bracket)) open.push(bracket);
      else expect(`${open.pop() ?? ''}${bracket}`).toMatch(/^(\(\)|\[\]|\{\})$/);
    }
    expect(open).toEqual([]);
  });
});
