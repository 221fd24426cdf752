// What must hold after a crash within an apply: the state of before or the state
// asked for, whole, and what runs, what was recorded and what is asked again in step
// with it. Pure.

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Which of the two states is in force, by what the live daemon lists; null for neither. */
export function stateInForce(scene, listed) {
  const states = { old: scene.between ?? scene.before ?? {}, new: scene.after };
  return Object.keys(states).find((name) => isListed(states[name], listed)) ?? null;
}

function isListed(jobs, listed) {
  const names = listed.map(({ name }) => name).toSorted();
  if (names.join() !== Object.keys(jobs).toSorted().join()) return false;
  return listed.every(({ name, schedule }) => schedule === `0 ${jobs[name].hour} * * *`);
}

/** Violations in words. `seen`: see apply-case.mjs. */
export function applyViolations(scene, seen) {
  const found = [];
  const base = seen.revisionsBefore;
  const state = stateInForce(scene, seen.listed);
  if (state === null) {
    return [`neither the old nor the new: ${JSON.stringify(seen.listed)}`];
  }
  const expected = base + (state === 'new' ? 1 : 0);
  if (seen.revision !== expected || seen.revisions !== expected) {
    found.push(
      `${state}, with revision ${seen.revision} of ${seen.revisions} instead of ${expected}`,
    );
  }
  if (seen.exitCode === 0 && state === 'old') found.push('success was said and nothing applied');
  for (const { name, nextRun } of seen.listed) {
    const jobs = state === 'new' ? scene.after : (scene.between ?? scene.before);
    if (nextRun !== nextAt(jobs[name].hour, seen.at)) {
      found.push(`${name} is listed for ${nextRun}`);
    }
  }
  if (scene.waitsForWord === true && (seen.confirmation !== null) !== (state === 'new')) {
    found.push(`${state}, and the confirmation is ${JSON.stringify(seen.confirmation)}`);
  }
  if (scene.holds !== undefined && (seen.hold === scene.holds) !== (state === 'new')) {
    found.push(`${state}, and the hold is ${seen.hold}`);
  }
  return [...found, ...runProblems(scene, seen), ...laterProblems(scene, seen)];
}

/** The next `hour` o'clock in UTC. */
function nextAt(hour, now) {
  const today = Math.floor(now / dayMs) * dayMs + hour * hourMs;
  return new Date(today > now ? today : today + dayMs).toISOString();
}

/** In the end the new state is in force, whichever the crash left. */
function runProblems(scene, { runs, starts, ends }) {
  return scene.running.flatMap((name) => {
    const run = runs.find((one) => one.startedAs === name);
    if (run === undefined) return [`the run of ${name} is gone`];
    const isCanceled = (scene.cancels ?? []).includes(name);
    const want = isCanceled ? 'canceled' : 'succeeded';
    const found = [];
    if (run.state !== want) found.push(`the run of ${name} is ${run.state} instead of ${want}`);
    if (starts[name] !== 1) found.push(`the run of ${name} started ${starts[name] ?? 0} times`);
    if ((ends[name] ?? 0) !== (isCanceled ? 0 : 1))
      found.push(`${name} ended ${ends[name] ?? 0} times`);
    const now = scene.renames?.[name] ?? name;
    if (!isCanceled && run.heldBy !== now)
      found.push(`the run of ${name} belongs to ${run.heldBy}`);
    return found;
  });
}

/** The same once more, and everything at rest. */
function laterProblems(scene, seen) {
  const found = [];
  const base = seen.revisionsBefore;
  if (seen.again !== null && seen.again.code !== 0) {
    found.push(`asked again, it ended with ${seen.again.code}: ${seen.again.words}`);
  }
  if (seen.revisionsAfter !== base + 1) found.push(`${seen.revisionsAfter} revisions in the end`);
  if (stateInForce(scene, seen.listedAfter) !== 'new') found.push('in the end it is not applied');
  const applies = seen.audited.filter((action) => action.startsWith('manifest.')).length;
  if (applies !== seen.revisionsAfter) {
    found.push(`${applies} entries of the audit for ${seen.revisionsAfter} revisions`);
  }
  if (seen.audit !== 'whole') found.push(`the audit is not whole: ${seen.audit}`);
  if (seen.leftovers > 0) found.push(`${seen.leftovers} processes left`);
  return found;
}
