// Proves from outside what a chaos run may have broken. Believes the jobs' own
// log, the bytes of the manifests that were in force, and the list of faults;
// holds the store against them. Pure: facts in, violations in words out.

/** Faults during which nothing could be admitted, or not at once. */
const keepsFromAdmitting =
  /kill daemon|kill both|stop daemon|restart|leave|drain|busy store|reboot|full disk|stall/;
/** Faults that take away the only witness of an exit code. */
const takesTheWitness = /kill launcher|kill both|reboot/;
/** Between an event and its record on a busy machine. */
const slackMs = 2_000;
/** A suspended job is looked at once a minute. */
const suspendedVisitMs = 62_000;
const toldMax = 12;

/**
 * `facts`: `{witness, store, manifests, accepted, faults, logs, leftovers, history, until}`.
 * `manifests` maps revision numbers to loaded manifests; `compile(schedules, name)`
 * is the occurrence engine; `until` is an instant up to which everything is settled.
 */
export function check(facts, compile) {
  const found = [];
  const say = (promise, words) => found.push({ promise, words });
  const world = prepare(facts);
  checkStarts(world, say);
  checkCoverage(world, compile, say);
  checkEnds(world, say);
  checkOutput(world, say);
  checkSource(facts, say);
  for (const left of facts.leftovers) say('P6', `process ${left.pid} was left after the stop`);
  return { violations: bounded(found), counts: counts(world) };
}

/** Map.groupBy, which the oldest Node does not have. */
function groupBy(list, keyOf) {
  const groups = new Map();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

function prepare(facts) {
  const starts = new Map();
  const ends = new Map();
  for (const line of facts.witness) {
    const [word, run, attempt, ...rest] = line.split(' ');
    const key = `${run}/${attempt}`;
    if (word === 'start') starts.set(key, [...(starts.get(key) ?? []), rest]);
    else ends.set(key, [...(ends.get(key) ?? []), Number(rest[0])]);
  }
  const runs = new Map(facts.store.runs.map((run) => [run.id, run]));
  const attempts = new Map(
    facts.store.attempts.map((one) => [`${one.run_id}/${one.attempt}`, one]),
  );
  return { ...facts, starts, ends, runs, attempts };
}

function hit(world, pattern, from, until) {
  return world.faults.some(
    (fault) =>
      pattern.test(fault.name) &&
      fault.from <= until + slackMs &&
      (fault.until ?? Infinity) >= from - slackMs,
  );
}

function specOf(world, run) {
  return world.manifests.get(run.revision)?.jobs.find(({ name }) => name === run.job) ?? null;
}

const time = (instant) => new Date(instant).toISOString();

/** P1: no attempt starts twice, none without an intent, none that recovery took. */
function checkStarts(world, say) {
  const realStarts = new Map();
  for (const [key, lines] of world.starts) {
    if (lines.length > 1) say('P1', `attempt ${key} started ${lines.length} times`);
    const attempt = world.attempts.get(key);
    if (attempt === undefined) {
      say('P1', `attempt ${key} started and is not in the store`);
      continue;
    }
    const isNever = attempt.state === 'canceled' && /never began/.test(attempt.reason ?? '');
    if (isNever) say('P1', `attempt ${key} started although recovery had its token`);
    realStarts.set(attempt.run_id, (realStarts.get(attempt.run_id) ?? 0) + 1);
    const nominal = world.runs.get(attempt.run_id)?.nominal_at ?? null;
    if (lines[0][1] !== (nominal === null ? '-' : time(nominal))) {
      say('P1', `attempt ${key} ran for ${lines[0][1]}, its run is for ${nominal}`);
    }
  }
  for (const [id, count] of realStarts) {
    const limit = specOf(world, world.runs.get(id))?.retry.limit ?? 0;
    if (count > limit + 1) say('P1', `run ${id} started ${count} times with ${limit} retries`);
  }
  const keys = new Map();
  for (const run of world.runs.values()) {
    if (run.nominal_at === null) continue;
    const key = `${run.job_uid} ${run.nominal_at} ${run.epoch}`;
    if (keys.has(key)) say('P1', `runs ${keys.get(key)} and ${run.id} are of one occurrence`);
    keys.set(key, run.id);
  }
}

/** The times in which a job had one schedule: `{uid, name, schedules, from, to, isCut, isSuspended}`. */
function segmentsOf(world) {
  const byJob = groupBy(world.store.changes, ({ job_uid: uid }) => uid);
  const segments = [];
  for (const [uid, changes] of byJob) {
    let current = null;
    for (const change of changes.toSorted((a, b) => a.revision - b.revision)) {
      const job =
        change.action === 'delete'
          ? null
          : world.manifests.get(change.revision)?.jobs.find(({ name }) => name === change.name);
      const schedules = job === null || job === undefined ? null : job.schedules;
      const isSame = JSON.stringify(schedules) === JSON.stringify(current?.schedules ?? null);
      if (isSame && schedules !== null) {
        Object.assign(current, { name: change.name, isSuspended: job.suspend });
        continue;
      }
      if (current !== null) Object.assign(current, { to: change.at, isCut: true });
      const rest = { schedules, to: world.until, isCut: false, isSuspended: job?.suspend };
      current = schedules === null ? null : { uid, name: change.name, from: change.at, ...rest };
      if (current !== null) segments.push(current);
    }
  }
  return segments;
}

/** P2: each expected occurrence has exactly one record; no record without a cause. */
function checkCoverage(world, compile, say) {
  const rowsByJob = groupBy(world.store.occurrences, ({ job_uid: uid }) => uid);
  const expected = new Map();
  for (const segment of segmentsOf(world)) {
    const times = expected.get(segment.uid) ?? new Map();
    expected.set(segment.uid, times);
    const end = segment.isCut ? segment.to : world.until;
    const schedule = compile(segment.schedules, segment.name);
    for (const { nominalTime, startTime } of schedule.range(segment.from + 1, end + 60_000)) {
      // Its turn had not come when the schedule went, or when the proof ended.
      const lateMs = segment.isCut ? 0 : segment.isSuspended ? suspendedVisitMs : slackMs;
      const isOptional = nominalTime > end || startTime > end - lateMs;
      times.set(nominalTime, { name: segment.name, isOptional });
      if (nominalTime > end) break;
    }
    // After the end, a daemon that still ran may have gone on.
    if (!segment.isCut) {
      for (const { nominalTime } of schedule.range(end + 1, end + 60_000)) {
        times.set(nominalTime, { name: segment.name, isOptional: true });
      }
    }
  }
  for (const [uid, times] of expected) {
    const rows = rowsByJob.get(uid) ?? [];
    for (const [nominal, { name, isOptional }] of times) {
      const covering = rows.filter(
        (row) => row.nominal_at <= nominal && nominal <= row.last_nominal_at,
      );
      if (covering.length > 1) say('P2', `${name} ${time(nominal)} has ${covering.length} records`);
      if (covering.length === 0 && !isOptional) say('P2', `${name} ${time(nominal)} has no record`);
    }
  }
  for (const row of world.store.occurrences) {
    const times = expected.get(row.job_uid) ?? new Map();
    const where = `${row.job} ${time(row.nominal_at)}`;
    const within = [...times].filter(
      ([nominal]) => row.nominal_at <= nominal && nominal <= row.last_nominal_at,
    );
    // One that may have been settled, or may belong to a schedule that had gone by then.
    const needed = within.filter(([, { isOptional }]) => !isOptional);
    if (row.count < needed.length || row.count > within.length) {
      say('P2', `${where}: a record of ${row.count} for ${within.length} in the schedule`);
    }
    if (row.epoch !== 0) say('P2', `${where}: epoch ${row.epoch} although no clock was set`);
    const why = causeProblem(world, row);
    if (why !== null) say('P2', `${where}: ${row.disposition} ${row.reason ?? ''} ${why}`);
  }
}

/** Null when the row has a cause among the faults, the runs and the manifests. */
function causeProblem(world, row) {
  const { job_uid: uid, nominal_at: from, recorded_at: until } = row;
  if (row.disposition === 'admitted') {
    return world.runs.has(row.run_id) ? null : 'without its run';
  }
  const changes = world.store.changes.filter(({ job_uid: other }) => other === uid);
  const specs = changes.map(({ revision, name }) =>
    world.manifests.get(revision)?.jobs.find((job) => job.name === name),
  );
  const changedIn = (actions) =>
    changes.some(
      ({ at, action }) => actions.includes(action) && at >= from && at <= until + slackMs,
    );
  switch (row.reason) {
    case 'catch_up_none':
    case 'catch_up_latest':
    case 'catch_up_window':
    case 'catch_up_limit':
      return hit(world, keepsFromAdmitting, from, until) ? null : 'without an interruption';
    case 'forbid':
    case 'queue_full':
      return [...world.runs.values()].some(
        (run) =>
          run.job_uid === uid &&
          run.queued_at <= until &&
          (run.ended_at ?? Infinity) >= from - slackMs,
      ) || hit(world, keepsFromAdmitting, from, until)
        ? null
        : 'without another run';
    case 'suspended':
      return specs.some((job) => job?.suspend === true) ? null : 'of a job never suspended';
    case 'schedule_changed':
      return changedIn(['update']) ? null : 'without a change';
    case 'removed':
      return changedIn(['delete']) ? null : 'without a removal';
    case 'stopping':
      return hit(world, /drain/, from, until) ? null : 'without a stop';
    default:
      return 'for a reason that nothing here causes';
  }
}

/** P3: every end is what the job itself wrote, and every other end has a cause. */
function checkEnds(world, say) {
  for (const run of world.runs.values()) {
    if (run.state === 'running') say('P3', `run ${run.id} of ${run.job} still runs`);
  }
  for (const [key, attempt] of world.attempts) {
    const run = world.runs.get(attempt.run_id);
    const where = `attempt ${key} of ${run?.job}`;
    if (attempt.state === null) {
      say('P3', `${where} has no end`);
      continue;
    }
    const starts = world.starts.get(key)?.length ?? 0;
    const codes = world.ends.get(key) ?? [];
    const from = attempt.started_at ?? attempt.intended_at;
    if (attempt.exit_code !== null && codes[0] !== attempt.exit_code) {
      // A shell that is told to end by TERM while it waits says so by its code.
      const isStopped = attempt.kill_intent !== null;
      if (!isStopped) {
        say('P3', `${where}: exit code ${attempt.exit_code}, the job itself says ${codes[0]}`);
      }
    }
    if (attempt.state === 'succeeded' && starts !== 1) {
      say('P3', `${where} succeeded and started ${starts} times`);
    }
    if (attempt.state === 'lost' && !hit(world, takesTheWitness, from, attempt.ended_at)) {
      say('P3', `${where} is lost (${attempt.reason}) although its launcher lived`);
    }
    if (attempt.signal !== null && attempt.kill_intent === null) {
      const isOurs = world.faults.some(
        ({ name, detail }) => name === 'kill command' && detail === attempt.run_id,
      );
      if (!isOurs && !hit(world, /reboot/, from, attempt.ended_at)) {
        say('P3', `${where} ended by ${attempt.signal} that nobody sent`);
      }
    }
    if (attempt.state === 'timed_out') {
      const limit = specOf(world, run)?.timeoutMs ?? null;
      if (limit === null || attempt.ended_at - from < limit - 100) {
        say('P3', `${where} timed out after ${attempt.ended_at - from} of ${limit} ms`);
      }
    }
    const isCanceled = attempt.state === 'canceled';
    if (isCanceled && attempt.kill_intent === null && !/never began/.test(attempt.reason ?? '')) {
      say('P3', `${where} is canceled and nobody asked for it (${attempt.reason})`);
    }
    const isUnstarted =
      attempt.state === 'failed' && attempt.exit_code === null && attempt.signal === null;
    if (isUnstarted) {
      if (starts > 0) say('P3', `${where} could not start (${attempt.reason}), and started`);
      if (!hit(world, /kill|reboot|full disk/, from, attempt.ended_at)) {
        say('P3', `${where} could not start: ${attempt.reason}`);
      }
    }
  }
  for (const { id, state } of world.history) {
    const stored = world.runs.get(id)?.state;
    if (stored !== state) say('P2', `history calls run ${id} ${state}, the store ${stored}`);
  }
}

/** P6: what a job printed is all there, in order, whoever watched it. */
function checkOutput(world, say) {
  for (const key of world.starts.keys()) {
    const attempt = world.attempts.get(key);
    const run = world.runs.get(attempt?.run_id);
    if (run === undefined) continue;
    const until = attempt.ended_at ?? Infinity;
    if (hit(world, /full disk/, attempt.intended_at, until)) continue;
    const text = world.logs.get(key) ?? null;
    if (text === null) {
      say('P6', `attempt ${key} of ${run.job} has no log`);
      continue;
    }
    const lines = text.split('\n').slice(0, -1);
    const isInOrder = lines.every((line, index) => line === `line ${index + 1}`);
    if (!isInOrder) say('P6', `the log of attempt ${key} of ${run.job} is not as printed`);
    const argv = specOf(world, run)?.command.argv;
    if (world.ends.has(key) && argv !== undefined && lines.length !== Number(argv[2])) {
      say('P6', `the log of attempt ${key} has ${lines.length} of ${argv[2]} lines`);
    }
  }
}

/** P5: only contents that were meant came into force. */
function checkSource(facts, say) {
  const meant = new Set(facts.accepted);
  for (const { number, source } of facts.store.revisions) {
    if (!meant.has(source)) say('P5', `revision ${number} is a content that nobody meant`);
  }
}

function counts(world) {
  const tally = (list, key) => {
    const groups = [...groupBy(list, key)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(groups.map(([word, { length }]) => [word, length]));
  };
  const attempts = [...world.attempts.values()];
  const daemonDeaths = world.faults.filter(({ name }) =>
    /kill daemon|kill both|restart|leave/.test(name),
  );
  return {
    runs: tally([...world.runs.values()], ({ state }) => state),
    triggers: tally([...world.runs.values()], ({ trigger }) => trigger),
    outcomes: tally(world.store.occurrences, ({ disposition, reason }) =>
      reason === null ? disposition : `${disposition}(${reason})`,
    ),
    occurrences: world.store.occurrences.reduce((sum, { count }) => sum + count, 0),
    starts: world.starts.size,
    /** Attempts that lived through the end of a daemon, and ended with their exit code. */
    adopted: attempts.filter(
      ({ started_at: from, ended_at: to, exit_code: code }) =>
        from !== null && code !== null && daemonDeaths.some((d) => d.from > from && d.from < to),
    ).length,
    revisions: world.store.revisions.length,
    faults: tally(world.faults, ({ name }) => name),
  };
}

/** Of each promise so many; the first ones say as much as all. */
function bounded(found) {
  return [...groupBy(found, ({ promise }) => promise)].flatMap(([promise, list]) => [
    ...list.slice(0, toldMax),
    ...(list.length > toldMax ? [{ promise, words: `and ${list.length - toldMax} more` }] : []),
  ]);
}
