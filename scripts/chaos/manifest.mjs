// The manifest of a chaos run: every kind of schedule, every policy, short
// intervals; and what people do to such a file, the harmless and the other.

const iso = (instant) => new Date(instant).toISOString();

/** Jobs by name, as they stand in the file. */
export function firstJobs(script, now) {
  const work = (lines, pause, code = 0, fails = 0) =>
    ['/bin/sh', script, lines, pause, code, fails].map(String);
  return {
    tick: { schedule: 'every 1s', command: work(1, 0.05) },
    overlap: { schedule: 'every 3s', command: work(10, 0.45), concurrency: 'allow' },
    waits: { schedule: 'every 4s', command: work(10, 0.5), concurrency: 'queue' },
    replaced: { schedule: 'every 5s', command: work(16, 0.5), concurrency: 'replace' },
    cron: {
      schedule: '*/5 * * * * *',
      command: work(3, 0.1),
      catch_up: { policy: 'all', window: '2m', limit: 20 },
    },
    never: { schedule: 'every 2s', command: work(1, 0.1), catch_up: 'none' },
    short: {
      schedule: 'every 2s',
      command: work(1, 0.1),
      catch_up: { policy: 'latest', window: '3s' },
    },
    listed: { schedule: ['*/10 * * * * *', 'every 7s'], command: work(2, 0.2) },
    jittered: { schedule: { every: '6s', jitter: '2s' }, command: work(2, 0.2) },
    retried: {
      schedule: 'every 8s',
      command: work(2, 0.2, 0, 1),
      retry: { limit: 2, delay: '1s' },
    },
    stuck: {
      schedule: 'every 12s',
      command: work(600, 0.1),
      timeout: '2s',
      kill: { grace: '1s' },
    },
    long: { schedule: 'every 20s', command: work(100, 0.12, 3), success_codes: [3] },
    once: {
      schedule: [20, 45, 70, 110].map((seconds) => `at ${iso(now + seconds * 1_000)}`),
      command: work(5, 0.2),
    },
    asleep: { schedule: 'every 5s', command: work(1, 0.1), suspend: true },
    byhand: { command: work(20, 0.1) },
  };
}

/** One job per line, so that a cut between two lines is a manifest, only a shorter one. */
export function render(jobs, { mark, witness }) {
  const head = [
    'version: 1',
    'concurrency: {max: 12}',
    `env: ${JSON.stringify({ PROOF_MARK: mark, WITNESS: witness })}`,
    'jobs:',
  ];
  const lines = Object.entries(jobs).map(([name, job]) => `  ${name}: ${JSON.stringify(job)}`);
  return `${[...head, ...lines].join('\n')}\n`;
}

/** One edit that is accepted: `{what, jobs}`. */
export function edit(jobs, random, count) {
  // A rename is told once; what stays would stand in the way of later ones.
  const next = structuredClone(jobs);
  for (const job of Object.values(next)) delete job.renamed_from;
  const names = Object.keys(next).filter((name) => next[name].schedule !== undefined);
  const name = random.pick(names);
  const job = next[name];
  const kinds = {
    reschedule: () => {
      next[name] = { ...job, schedule: `every ${2 + random.index(9)}s` };
    },
    suspend: () => {
      next[name] = { ...job, suspend: job.suspend !== true };
    },
    command: () => {
      next[name] = { ...job, command: job.command.with(3, String(0.05 + random.index(4) / 20)) };
    },
    policy: () => {
      const concurrency = random.pick(['allow', 'forbid', 'queue', 'replace']);
      next[name] = { ...job, concurrency };
    },
    remove: () => {
      delete next[name];
    },
    add: () => {
      next[`extra-${count}`] = { schedule: `every ${1 + random.index(5)}s`, command: job.command };
    },
    rename: () => {
      delete next[name];
      next[`${name.replace(/-r\d+$/, '')}-r${count}`] = { ...job, renamed_from: name };
    },
  };
  // Removals are paid back by additions, so that the file stays about as long.
  const isFew = names.length < 11;
  const what = random.pick(Object.keys(kinds).filter((kind) => !(isFew && kind === 'remove')));
  kinds[what]();
  return { what: `${what} ${name}`, jobs: next };
}

/** Contents that must not come into force. */
export function broken(text, random) {
  const lines = text.trimEnd().split('\n');
  return random.pick([
    { what: 'cut in the middle of a line', text: text.slice(0, Math.floor(text.length * 0.6)) },
    { what: 'cut between two jobs', text: `${lines.slice(0, 8).join('\n')}\n` },
    { what: 'empty', text: '' },
    { what: 'not YAML', text: 'version: 1\njobs: [nonsense\n' },
    { what: 'a wrong schedule', text: text.replace('every 1s', 'every blue moon') + '\nfoo: 1\n' },
    { what: 'a missing command', text: `${text}  lame: {schedule: every 3s}\n` },
  ]);
}
