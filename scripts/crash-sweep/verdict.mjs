// What must have become of one occurrence after one crash: the protocol's table
// as a function of what had been done when the process died. Pure.

/** The command ends with this, so that an invented exit code would show. */
export const exitCode = 7;
export const output = 'begun\nended\n';

/** Which steps of the protocol the launcher had completed, by its trace. */
export function launcherFacts(calls) {
  const did = (test) => calls.some((one) => one.isDone && test(one));
  return {
    hasToken: did(
      ({ call, text }) => call === 'openat' && /\/started", .*O_EXCL.*= \d+$/.test(text),
    ),
    hasCommand: did(({ call, text }) => /^(clone3?|vfork)$/.test(call) && /= \d+$/.test(text)),
    hasExit: did(({ call, text }) => call === 'rename' && /\/exit"\) += 0$/.test(text)),
  };
}

/**
 * `killed`: 'daemon', 'launcher' or 'both'. `facts`: what the launcher had done;
 * `hasCommand` is null when only the files tell, which cannot know it.
 */
export function expected(killed, facts) {
  const fine = { states: ['succeeded'], starts: [1] };
  if (killed === 'daemon' || !facts.hasToken || facts.hasExit) return fine;
  // The token is taken and the end has no witness: unknown is lost, never a success.
  const starts = facts.hasCommand === null ? [0, 1] : [facts.hasCommand ? 1 : 0];
  return { states: ['lost'], starts };
}

/**
 * Violations in words. `seen`: `{runs, outcomes, attempts, starts, ends, log, leftovers}`
 * of the one occurrence, after everything has come to rest.
 */
export function violations(killed, facts, seen) {
  const found = [];
  const want = expected(killed, facts);
  const [run] = seen.runs;
  if (seen.runs.length !== 1) found.push(`${seen.runs.length} runs of one occurrence`);
  const admitted = seen.outcomes.filter(({ disposition }) => disposition === 'admitted');
  if (admitted.length !== 1 || seen.outcomes.length !== 1) {
    found.push(`outcomes: ${seen.outcomes.map((one) => one.disposition).join(', ') || 'none'}`);
  }
  if (seen.starts > 1) found.push(`P1: the command started ${seen.starts} times`);
  if (seen.ends < seen.starts) found.push('the command did not come to its end');
  if (!want.starts.includes(seen.starts)) {
    found.push(`${seen.starts} starts, expected ${want.starts.join(' or ')}`);
  }
  if (run === undefined) return found;
  if (!want.states.includes(run.state)) {
    found.push(`state ${run.state} (${run.reason}), expected ${want.states.join(' or ')}`);
  }
  if (run.state === 'succeeded') {
    if (run.exit_code !== exitCode) found.push(`P3: exit code ${run.exit_code} was invented`);
    if (seen.starts !== 1 || seen.ends !== 1) found.push('P3: a success without a command');
    if (seen.log !== output) found.push(`output is ${JSON.stringify(seen.log)}`);
  }
  if (run.state === 'lost' && killed === 'daemon') found.push('lost with its launcher alive');
  const open = seen.attempts.filter(({ state }) => state === null).length;
  if (open > 0) found.push(`${open} attempts without an end`);
  if (seen.leftovers > 0) found.push(`${seen.leftovers} processes left`);
  return found;
}

/** The outcome in one word, for the table. */
export function outcomeWord(seen, killedAt) {
  const [run] = seen.runs;
  if (run === undefined) return 'none';
  if (run.state !== 'succeeded') return run.state;
  if (run.trigger === 'catch-up') return 'caught up';
  if (run.attempts > 1) return 'started by recovery';
  if (run.started_at > killedAt) return 'started after it';
  return run.ended_at > killedAt ? 'adopted' : 'finalised';
}
