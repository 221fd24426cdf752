// One crash: an occurrence comes due under strace, a process dies at a chosen
// step, a fresh daemon settles what is left, and the outcome is judged.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project, sleep, within } from '../proof/project.mjs';
import { isAlive, look, signal } from '../proof/processes.mjs';
import { readStore } from '../proof/read-store.mjs';
import { attach, hasInjected, readTrace, straceOptions } from './trace.mjs';
import { exitCode, launcherFacts, outcomeWord, violations } from './verdict.mjs';

/** Long enough for a restart within the command's life, short enough to wait for. */
const commandSeconds = 0.8;
/** Between the save and the occurrence: a start of the daemon and of strace. More for each try. */
const leadMs = 1_600;

const manifest = (project, at) => `version: 1
env: {PROOF_MARK: ${project.dir}, WITNESS: ${project.witness}}
jobs:
  one:
    schedule: at ${new Date(at).toISOString()}
    success_codes: [${exitCode}]
    command: |
      echo "start $JM2_RUN_ID $JM2_ATTEMPT" >> "$WITNESS"
      echo begun; sleep ${commandSeconds}; echo ended
      echo "end $JM2_RUN_ID $JM2_ATTEMPT" >> "$WITNESS"
      exit ${exitCode}
`;

/**
 * `{target, kill, injection}`: strace is on `target` ('daemon' or 'launcher'),
 * `kill` says who dies ('daemon', 'launcher', 'both'). When both die, the target
 * is stopped at the step first, so that neither sees the other's end. Without an
 * injection: the calls of an undisturbed run. With `recovery`, a second
 * injection, the daemon that comes next dies too, at that step of its start.
 */
export async function runCase({ target, kill, injection, recovery }, options = {}, tries = 1) {
  const project = new Project({ prefix: 'jm2-sweep-', ...options });
  const trace = join(project.dir, 'trace');
  try {
    const at = Math.ceil((Date.now() + leadMs * tries) / 1_000) * 1_000;
    project.save(manifest(project, at));
    const { daemon, launcher } = await project.start();
    const tracer = await attach((target === 'daemon' ? daemon : launcher).pid, trace, injection);
    // Attached too late for the occurrence: the case proves nothing, and is to be tried again.
    if (Date.now() >= at) return { isReached: false, isLate: true };
    const isOver = () => readStore(project.state)?.runs.some(({ ended_at: at_ }) => at_ !== null);
    await within(at - Date.now() + 8_000, () => hasInjected(trace) || isOver(), 60);
    const isReached = hasInjected(trace);
    const killedAt = Date.now();
    if (kill === 'both') {
      signal(daemon, 'SIGKILL');
      signal(launcher, 'SIGKILL');
    } else {
      await tracer.detach();
    }
    if (isReached && kill !== 'launcher') {
      await within(5_000, () => !isAlive(daemon));
      if (recovery !== undefined) return await recover(project, recovery, killedAt);
      await project.start();
    }
    const seen = await comeToRest(project);
    const calls = readTrace(trace);
    const facts = target === 'launcher' ? launcherFacts(calls) : seen.files;
    const words = violations(isReached ? kill : 'daemon', facts, seen);
    const step = isReached ? (calls.at(-1)?.label ?? '') : '';
    return { isReached, calls, step, outcome: outcomeWord(seen, killedAt), words };
  } finally {
    await project.cleanUp();
  }
}

/** The start after the crash dies, too, and only the third daemon comes up. */
async function recover(project, injection, killedAt) {
  const trace = join(project.dir, 'trace-of-recovery');
  const starting = spawn(
    'strace',
    [...straceOptions(trace, injection), process.execPath, project.program, 'up'],
    { cwd: project.dir, env: project.env, stdio: 'ignore' },
  );
  const ended = new Promise((done) => starting.once('close', done));
  const isUp = async () => (await project.json(['status']))?.daemon.running === true;
  await within(15_000, () => hasInjected(trace) || isUp(), 100);
  const isReached = hasInjected(trace);
  const holder = project.holder();
  if (holder !== null) {
    project.findLauncher(holder);
    if (!isReached) signal(holder, 'SIGKILL');
  }
  // It ends with the process it traces; one that hangs is ended by its mark.
  await Promise.race([ended, sleep(10_000)]);
  for (const process_ of project.leftovers()) {
    if (look(process_.pid)?.parent === starting.pid) signal(process_, 'SIGKILL');
  }
  await project.start();
  const seen = await comeToRest(project);
  const calls = readTrace(trace);
  const words = violations('daemon', null, seen);
  const step = isReached ? (calls.at(-1)?.label ?? '') : '';
  return { isReached, calls, step, outcome: outcomeWord(seen, killedAt), words };
}

/** Everything has ended, the daemon last; what can be seen of it then. */
async function comeToRest(project) {
  await within(
    15_000,
    () => {
      const store = readStore(project.state);
      return store?.runs.length > 0 && store.runs.every(({ ended_at: at }) => at !== null);
    },
    100,
  );
  // A command whose end nobody records may outlive its record.
  await within(5_000, () => count(project, 'end') >= count(project, 'start'));
  await project.call(['stop', '--now']);
  await within(5_000, () => project.leftovers().length === 0);
  const { runs, occurrences, attempts } = readStore(project.state);
  const file = (attempt, name) => {
    if (attempt === undefined) return null;
    const { run_id: run, attempt: number } = attempt;
    try {
      return readFileSync(join(project.state, 'runs', run, String(number), name), 'utf8');
    } catch {
      return null;
    }
  };
  const token = file(attempts[0], 'started');
  return {
    runs,
    attempts,
    outcomes: occurrences,
    starts: count(project, 'start'),
    ends: count(project, 'end'),
    log: file(attempts.at(-1), 'log'),
    leftovers: project.leftovers().length,
    files: {
      hasToken: token !== null && !token.startsWith('jm2 1 recovery'),
      hasCommand: null,
      hasExit: file(attempts[0], 'exit') !== null,
    },
  };
}

function count(project, word) {
  const text = readFileSync(project.witness, 'utf8');
  return text.split('\n').filter((line) => line.startsWith(`${word} `)).length;
}
