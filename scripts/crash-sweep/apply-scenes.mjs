// What the sweep of an apply applies: each scene with the manifest before and after,
// what runs meanwhile, and the command. `old` and `new` are the two states that may
// be in force after a crash; there is no third.

/** Runs until the proof lets it go, but not for ever. */
const waits = (name) =>
  `    command: |
      echo "start ${name} $JM2_RUN_ID" >> "$WITNESS"
      i=0; while [ ! -e "$LET_GO" ] && [ $i -lt 1200 ]; do sleep 0.05; i=$((i+1)); done
      echo "end ${name} $JM2_RUN_ID" >> "$WITNESS"
`;

/** `jobs`: by name, the hour of the day it is due at, and more lines. */
function manifest(project, jobs) {
  const texts = Object.entries(jobs).map(
    ([name, { hour, lines = '', waiting }]) =>
      `  ${name}:\n    schedule: "0 ${hour} * * *"\n${lines}${waiting ? waits(name) : '    command: "true"\n'}`,
  );
  const env = `{PROOF_MARK: ${project.dir}, WITNESS: ${project.witness}, LET_GO: ${project.dir}/go}`;
  return `version: 1\ntimezone: UTC\nenv: ${env}\njobs:\n${texts.join('')}`;
}

const keep = { keep: { hour: 1, waiting: true } };
const plain = { ...keep, moved: { hour: 3 } };
const later = { ...keep, moved: { hour: 5 } };
const byHand = ['apply', '--auto-approve'];

export const scenes = {
  first: { before: null, after: plain, running: [], command: byHand },
  schedule: { before: plain, after: later, running: ['keep'], command: byHand },
  swap: {
    before: { one: { hour: 1, waiting: true }, two: { hour: 2, waiting: true } },
    after: {
      two: { hour: 1, waiting: true, lines: '    renamed_from: one\n' },
      one: { hour: 2, waiting: true, lines: '    renamed_from: two\n' },
    },
    running: ['one', 'two'],
    command: byHand,
    /** Each identity under its new name. */
    renames: { one: 'two', two: 'one' },
  },
  removal: {
    before: { ...keep, gone: { hour: 2, waiting: true, lines: '    on_remove: cancel\n' } },
    after: keep,
    running: ['keep', 'gone'],
    command: byHand,
    cancels: ['gone'],
  },
  plan: {
    before: plain,
    after: later,
    isKept: true,
    running: ['keep'],
    command: ['apply', 'kept.jm2plan'],
  },
  confirm: {
    before: plain,
    after: later,
    running: ['keep'],
    command: [...byHand, '--confirm-within', '10m'],
    waitsForWord: true,
  },
  rollback: {
    before: plain,
    between: later,
    after: plain,
    running: ['keep'],
    command: ['rollback', '1', '--reason', 'proof', '--yes'],
    holds: 'rollback',
  },
  // Nobody confirms: the daemon itself, or the next one, goes back.
  return: {
    before: plain,
    between: later,
    /** More for each try: strace must be attached by then. */
    confirmWithinMs: 1_200,
    after: plain,
    running: ['keep'],
    command: null,
    holds: 'taken_back',
  },
  // The watcher takes what is saved.
  save: { before: plain, after: later, sync: 'auto', running: ['keep'], command: null },
};

export function textOf(project, jobs) {
  return manifest(project, jobs);
}
