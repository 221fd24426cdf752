// Sweeps the steps of an apply: for each scene the daemon dies at every call by which
// an undisturbed apply writes something, and each outcome is judged.
import { runApplyCase } from './apply-case.mjs';
import { scenes } from './apply-scenes.mjs';

/** What only reads, or begins a process that reads, leaves nothing half done. */
const isWrite = ({ call }) => !['openat', 'clone', 'clone3', 'vfork'].includes(call);
const triesMax = 3;

/** `options`: `{sample, case: ['SCENE:CALL:N'], scene, jobs, json}`; gives the exit code. */
export async function sweepApplies(options, program) {
  const say = (line) => (options.json ? undefined : console.log(line));
  const chosen = options.scene === undefined ? Object.keys(scenes) : [options.scene];
  const cases = options.case?.map(namedCase) ?? (await everyStep(chosen, say, program));
  const taken = options.sample === undefined ? cases : spread(cases, Number(options.sample));
  const waiting = taken.slice();
  const results = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await inTime(next, program);
      results.push({ ...next, ...result });
      for (const word of result.words) {
        const { call, nth } = next.injection;
        say(`VIOLATION ${next.scene}:${call}:${nth} (${result.step || 'not reached'}): ${word}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
  const bad = results.filter(({ words }) => words.length > 0);
  if (options.json) {
    const rows = results.map(({ scene, step, outcome, words, isReached }) => ({
      scene,
      step,
      outcome,
      isReached,
      violations: words,
    }));
    console.log(JSON.stringify({ cases: results.length, violations: bad.length, rows }));
  } else table(results, bad.length, say);
  return bad.length > 0 ? 1 : 0;
}

function namedCase(text) {
  const [scene, call, nth] = text.split(':');
  return at(scene, { call, nth: Number(nth) });
}

function at(scene, { call, nth }) {
  return { scene, injection: { call, nth, signal: 'SIGKILL' } };
}

async function everyStep(chosen, say, program) {
  const cases = [];
  for (const scene of chosen) {
    const { calls, words } = await inTime({ scene, injection: null }, program);
    if (words.length > 0) throw new Error(`${scene} undisturbed: ${words.join('; ')}`);
    const steps = calls.filter(isWrite);
    say(`${scene}: ${steps.length} steps`);
    cases.push(...steps.map((step) => at(scene, step)));
  }
  return cases;
}

/** Where a deadline passed before strace was attached, it is tried again. */
async function inTime(one, program) {
  for (let tries = 1; ; tries += 1) {
    const result = await runApplyCase(one, program === undefined ? {} : { program }, tries);
    if (result.isLate !== true) return result;
    if (tries === triesMax) throw new Error('the machine is too busy: no case was in time');
  }
}

function spread(list, count) {
  const step = Math.max(1, list.length / count);
  return Array.from({ length: Math.min(count, list.length) }, (_, n) => list[Math.floor(n * step)]);
}

function table(results, violations, say) {
  const reached = results.filter(({ isReached }) => isReached);
  say(`\n${'scene'.padEnd(10)} kills   old   new`);
  for (const scene of new Set(results.map((one) => one.scene))) {
    const own = reached.filter((one) => one.scene === scene);
    const count = (outcome) => own.filter((one) => one.outcome === outcome).length;
    const figures = [own.length, count('old'), count('new')].map((n) => String(n).padStart(5));
    say(`${scene.padEnd(10)} ${figures.join(' ')}`);
  }
  const missed = results.length - reached.length;
  say(`\n${results.length} cases, ${missed} not reached, ${violations} with violations`);
}
