// Kills the daemon, the launcher and both at every step of one run's life, and
// the next daemon at every step of its recovery, and checks that the outcome is
// the one the run protocol demands. Needs strace (Linux). `--sample N` takes
// that many of the cases, spread over all; `--case WHO:CALL:N[:STEP]` (repeatable;
// WHO is daemon, launcher, both-daemon or both-launcher) takes that one and counts
// no steps first, or the next ones until it is that step; `--jobs N` runs so many
// side by side. With `--apply` it is an apply that is swept instead: every write of
// the daemon in each scene, or in `--scene NAME`; a case is SCENE:CALL:N then.
import { parseArgs } from 'node:util';
import { sweepApplies } from './crash-sweep/apply-sweep.mjs';
import { runCase } from './crash-sweep/case.mjs';
import { hasStrace } from './crash-sweep/trace.mjs';

const { values } = parseArgs({
  options: {
    sample: { type: 'string' },
    apply: { type: 'boolean', default: false },
    scene: { type: 'string' },
    case: { type: 'string', multiple: true },
    jobs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    program: { type: 'string' },
  },
});
const say = (line) => (values.json ? undefined : console.log(line));
/** Late attachments of a busy machine are tried again. */
const triesMax = 3;
/** Calls of one kind among which a named step is looked for, and how often. */
const stepsNearby = 8;
const stepTriesMax = 8;
/** Where the first crash lies when the second is what is swept: before and after the hand-over. */
const firstCrashes = ['write start', 'fsync'];

if (!hasStrace()) {
  console.error('crash-sweep needs strace, which this machine does not have');
  process.exit(1);
}
if (values.apply) process.exit(await sweepApplies(values, values.program));
const options = values.program === undefined ? {} : { program: values.program };

const cases = values.case === undefined ? await sweep() : values.case.map(namedCase);
const results = [];
await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
report();

/** Every step of an undisturbed run, for each who can die there. */
async function sweep() {
  const plain = await Promise.all([
    settledCase({ target: 'daemon', kill: 'daemon', injection: null }),
    settledCase({ target: 'launcher', kill: 'launcher', injection: null }),
  ]);
  const [daemonCalls, launcherCalls] = plain.map(({ calls }) => calls);
  say(`steps in one run's life: daemon ${daemonCalls.length}, launcher ${launcherCalls.length}`);
  const all = [
    ...daemonCalls.map((step) => ({ target: 'daemon', kill: 'daemon', ...at(step, 'SIGKILL') })),
    ...launcherCalls.map((step) => ({
      target: 'launcher',
      kill: 'launcher',
      ...at(step, 'SIGKILL'),
    })),
    ...daemonCalls.map((step) => ({ target: 'daemon', kill: 'both', ...at(step, 'SIGSTOP') })),
    ...launcherCalls.map((step) => ({ target: 'launcher', kill: 'both', ...at(step, 'SIGSTOP') })),
    ...(await recoveries(daemonCalls)),
  ];
  return values.sample === undefined ? all : spread(all, Number(values.sample));
}

function at({ call, nth }, signal) {
  return { injection: { call, nth: Number(nth), signal } };
}

function namedCase(text) {
  const [who, call, nth, step] = text.split(':');
  const target = who.replace('both-', '');
  const isBoth = who !== target;
  const kill = isBoth ? 'both' : target;
  const named = step === undefined ? {} : { step };
  return { target, kill, ...named, ...at({ call, nth }, isBoth ? 'SIGSTOP' : 'SIGKILL') };
}

async function worker() {
  for (let next = cases.shift(); next !== undefined; next = cases.shift()) {
    const result = await stepCase(next);
    results.push({ ...next, ...result });
    for (const word of result.words) {
      say(`VIOLATION ${whoOf(next)} at ${result.step || 'no step'}: ${word}`);
    }
  }
}

/**
 * Which call of a kind is the wanted step depends on what else the process does
 * just then, so others are tried until it is the one.
 */
async function stepCase(one) {
  if (one.step === undefined) return settledCase(one);
  let { nth } = one.injection;
  let result = await settledCase(one);
  for (let tries = 1; tries < stepTriesMax && result.step !== one.step; tries += 1) {
    if (result.words.length > 0) return result;
    // Where it was this time is where it is likely to be the next time; unseen, it lies further on.
    const seen = result.calls.find((call) => call.label === one.step);
    nth = seen?.nth ?? (nth % stepsNearby) + 1;
    result = await settledCase({ ...one, injection: { ...one.injection, nth } });
  }
  return result;
}

async function settledCase(one) {
  for (let tries = 1; ; tries += 1) {
    const result = await runCase(one, options, tries);
    if (result.isLate !== true) return result;
    if (tries === triesMax) throw new Error('the machine is too busy: no case was in time');
  }
}

/** The steps of a start that settles a crashed run, for each kind of first crash. */
async function recoveries(daemonCalls) {
  const cases_ = [];
  for (const label of firstCrashes) {
    const first = daemonCalls.findLast((call) => call.label === label);
    if (first === undefined) continue;
    const crash = { target: 'daemon', kill: 'daemon', ...at(first, 'SIGKILL') };
    const { calls } = await settledCase({ ...crash, recovery: null });
    // Before it opens the store it has decided nothing.
    const from = calls.findIndex((call) => call.label === 'openat jm2.db');
    const to = calls.findIndex(({ text }) => text.includes('daemon is up'));
    for (const step of calls.slice(from, to)) {
      // Reading its own program text is no step of the protocol.
      if (step.call === 'openat' && !/started|exit|RUN/.test(step.label)) continue;
      cases_.push({ ...crash, recovery: at(step, 'SIGKILL').injection });
    }
  }
  return cases_;
}

function spread(list, count) {
  const step = Math.max(1, list.length / count);
  return Array.from({ length: Math.min(count, list.length) }, (_, n) => list[Math.floor(n * step)]);
}

function whoOf({ target, kill, recovery }) {
  if (recovery !== undefined) return 'recovery';
  return kill === 'both' ? `both, at the ${target}'s` : kill;
}

function report() {
  const bad = results.filter(({ words }) => words.length > 0);
  const missed = results.filter(({ isReached }) => !isReached).length;
  if (values.json) {
    const rows = results.map(({ step, outcome, words, isReached, ...one }) => ({
      killed: whoOf(one),
      step,
      outcome: outcome ?? null,
      isReached,
      violations: words,
    }));
    console.log(JSON.stringify({ cases: results.length, violations: bad.length, rows }));
  } else {
    const groups = new Map();
    for (const one of results) {
      if (!one.isReached) continue;
      const key = `${whoOf(one).padEnd(22)} ${one.step.padEnd(22)}`;
      const group = groups.get(key) ?? new Map();
      group.set(one.outcome, (group.get(one.outcome) ?? 0) + 1);
      groups.set(key, group);
    }
    say(`\n${'killed'.padEnd(22)} ${'before (both: after)'.padEnd(22)} kills  outcomes`);
    for (const [key, group] of groups) {
      const kills = [...group.values()].reduce((sum, count) => sum + count, 0);
      const outcomes = [...group].map(([word, count]) => `${word} ${count}`).join(', ');
      say(`${key} ${String(kills).padStart(5)}  ${outcomes}`);
    }
    say(`\n${results.length} cases, ${missed} not reached, ${bad.length} with violations`);
  }
  process.exitCode = bad.length > 0 ? 1 : 0;
}
