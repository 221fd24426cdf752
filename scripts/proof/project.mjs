// A project in a directory of its own with the built program, for proofs that
// treat it badly. Knows every process it started and ends those alone.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isAlive, launchersOf, look, signal, withEnvironment } from './processes.mjs';

const builtProgram = resolve(import.meta.dirname, '../../dist/jm2.js');
const callWithinMs = 60_000;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The first answer that is something; null after the deadline. */
export async function within(ms, ask, everyMs = 25) {
  const deadline = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) return null;
    await sleep(everyMs);
  }
}

export class Project {
  /** Every daemon and launcher there was, by `{pid, start}`. */
  daemons = [];
  launchers = [];

  constructor({ program = builtProgram, prefix = 'jm2-proof-', wrap = [] } = {}) {
    this.program = program;
    // In front of the command that starts a daemon, such as ['unshare', '-m', …].
    this.wrap = wrap;
    this.dir = mkdtempSync(join(tmpdir(), prefix));
    this.manifest = join(this.dir, 'jobs.yaml');
    this.state = join(this.dir, 'state');
    this.witness = join(this.dir, 'witness');
    mkdirSync(join(this.dir, 'home'));
    writeFileSync(this.witness, '');
    // Found again by it, whatever became of their parents.
    this.mark = `PROOF_MARK=${this.dir}`;
  }

  get env() {
    return {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      HOME: join(this.dir, 'home'),
      JM2_HOME: join(this.dir, 'home'),
      JM2_MANIFEST: this.manifest,
      JM2_STATE_DIR: this.state,
      PROOF_MARK: this.dir,
    };
  }

  save(text) {
    writeFileSync(`${this.manifest}.new`, text);
    renameSync(`${this.manifest}.new`, this.manifest);
  }

  /** Runs one command; `code` is null when it had to be ended. */
  call(args, { wrap = [], env = {} } = {}) {
    const [program, ...rest] = [...wrap, process.execPath, this.program, ...args];
    return new Promise((done, fail) => {
      const child = spawn(program, rest, {
        cwd: this.dir,
        env: { ...this.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
      const timer = setTimeout(() => child.kill('SIGKILL'), callWithinMs);
      child.once('error', fail);
      child.once('close', (code) => {
        clearTimeout(timer);
        done({ code, stdout, stderr });
      });
    });
  }

  async json(args) {
    const { stdout } = await this.call([...args, '--json']);
    try {
      return JSON.parse(stdout).data ?? null;
    } catch {
      return null;
    }
  }

  /** Starts a daemon; throws with its words when that fails. */
  async start() {
    const answer = await this.call(['start', '--json'], { wrap: this.wrap });
    if (answer.code !== 0) throw new Error(`start: ${answer.stdout}${answer.stderr}`);
    return this.present();
  }

  /** The daemon that holds the state directory, with its launcher; null when none does. */
  async present() {
    const daemon = this.holder();
    if (daemon === null) return null;
    this.#note(this.daemons, daemon);
    const launcher = await within(5_000, () => this.findLauncher(daemon));
    return { daemon, launcher };
  }

  holder() {
    try {
      const found = look(Number(readFileSync(join(this.state, 'daemon.pid'), 'utf8')));
      return found !== null && isAlive(found) ? found : null;
    } catch {
      return null;
    }
  }

  findLauncher(daemon) {
    const found = launchersOf(daemon);
    for (const launcher of found) this.#note(this.launchers, launcher);
    return found.at(-1) ?? null;
  }

  #note(list, { pid, start }) {
    if (!list.some((known) => known.pid === pid && known.start === start))
      list.push({ pid, start });
  }

  /** What still lives of all that was started here: daemons, launchers, commands. */
  leftovers() {
    return [
      ...[...this.daemons, ...this.launchers].filter(isAlive),
      ...withEnvironment(this.mark).filter(({ pid }) => pid !== process.pid),
    ];
  }

  /** Ends every process of this project; false when some would not. */
  async endAll() {
    const gone = await within(10_000, () => {
      const left = this.leftovers();
      for (const process_ of left) signal(process_, 'SIGKILL');
      return left.length === 0;
    });
    return gone !== null;
  }

  /** Ends every process and removes the directory. */
  async cleanUp() {
    await this.endAll();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}
