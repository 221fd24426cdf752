// One crash within an apply: the daemon dies at a chosen step of it, the next one
// takes over, the same is asked once more, and what is in force, what runs and what
// was recorded are judged.
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { isAlive } from '../proof/processes.mjs';
import { Project, sleep, within } from '../proof/project.mjs';
import { readStore } from '../proof/read-store.mjs';
import { scenes, textOf } from './apply-scenes.mjs';
import { applyViolations, stateInForce } from './apply-verdict.mjs';
import { attach, hasInjected, readTrace } from './trace.mjs';

const by = 'proof';
/** After the answer: what the daemon still writes of an apply. */
const afterwardsMs = 200;

/** `{scene, injection}`; without an injection: the calls of an undisturbed apply. */
export async function runApplyCase({ scene: name, injection }, options = {}, tries = 1) {
  const scene = scenes[name];
  const wrap = ['env', `JM2_SYNC=${scene.sync ?? 'manual'}`];
  const project = new Project({ prefix: 'jm2-apply-', wrap, ...options });
  const trace = join(project.dir, 'trace');
  try {
    const daemon = await prepare(project, scene, tries);
    const revisionsBefore = readStore(project.state)?.revisions.length ?? 0;
    const tracer = await attach(daemon.pid, trace, injection);
    if (scene.confirmWithinMs !== undefined && (await isOver(project, revisionsBefore + 1)))
      return { isReached: false, isLate: true };
    const told = await askFor(project, scene, () => hasInjected(trace), revisionsBefore);
    if (!hasInjected(trace)) await sleep(afterwardsMs);
    const isReached = hasInjected(trace);
    if (isReached) {
      await within(5_000, () => !isAlive(daemon));
      await project.start();
    } else await tracer.detach();
    const calls = readTrace(trace);
    if (scene.command === null) await within(8_000, () => isOver(project, revisionsBefore + 1));
    const status = await api(project, 'GET', '/status');
    const { jobs: listed } = await api(project, 'GET', '/jobs');
    const at = Date.now();
    const revisions = readStore(project.state).revisions.length;
    const again = scene.command === null ? null : await project.call(scene.command);
    const { jobs: listedAfter } = await api(project, 'GET', '/jobs');
    const seen = {
      revisionsBefore,
      exitCode: told?.code ?? null,
      revision: status.revision.applied,
      revisions,
      listed,
      at,
      confirmation: status.sync.confirmation,
      hold: status.sync.hold?.cause ?? null,
      again: again && { code: again.code, words: again.stderr.split('\n')[0] },
      listedAfter,
      ...(await comeToRest(project)),
    };
    const step = isReached ? (calls.at(-1)?.label ?? '') : '';
    const outcome = stateInForce(scene, listed) ?? 'neither';
    return { isReached, calls, step, outcome, words: applyViolations(scene, seen) };
  } finally {
    await project.cleanUp();
  }
}

/** The daemon with the old state in force, its runs under way and the new one asked for. */
async function prepare(project, scene, tries) {
  const { before, between, after, isKept, sync } = scene;
  if (before !== null) project.save(textOf(project, before));
  else project.save('version: 1\njobs: {}\n# none yet\n');
  const { daemon } = await project.start();
  if (before !== null && sync !== 'auto') await apply(project);
  for (const name of scene.running) {
    await api(project, 'POST', `/jobs/${name}/runs`, { by, force: false });
  }
  const haveBegun = () => witnessed(project, 'start').length === scene.running.length;
  if ((await within(10_000, haveBegun)) === null) throw new Error('the commands did not begin');
  if (between !== undefined) {
    project.save(textOf(project, between));
    const withinMs = scene.confirmWithinMs;
    await apply(project, withinMs === undefined ? {} : { confirmWithinMs: withinMs * tries });
  } else if (isKept === true) {
    writeFileSync(join(project.dir, 'proposal.yaml'), textOf(project, after));
    const kept = await project.call(['plan', 'proposal.yaml', '--out', 'kept.jm2plan']);
    if (kept.code !== 0) throw new Error(`plan: ${kept.stderr}`);
  } else if (sync !== 'auto') {
    project.save(textOf(project, after));
    // The watcher has seen it, so that its look is no part of the apply.
    const waits = async () => (await api(project, 'GET', '/status')).sync.state === 'pending';
    if ((await within(10_000, waits)) === null) throw new Error('the change does not wait');
  }
  return daemon;
}

/** The command's answer, or null where there is none; back as soon as it is over or the daemon died. */
async function askFor(project, scene, isHit, before) {
  if (scene.command !== null) return project.call(scene.command);
  if (scene.sync === 'auto') project.save(textOf(project, scene.after));
  await within(10_000, async () => isHit() || (await isOver(project, before + 1)), 60);
  return null;
}

async function isOver(project, revision) {
  try {
    return (await api(project, 'GET', '/status')).revision.applied === revision;
  } catch {
    return false;
  }
}

async function apply(project, more = {}) {
  const reply = await api(project, 'POST', '/apply', { by, expected: null, ...more });
  if (reply.kind !== 'applied') throw new Error(`apply: ${JSON.stringify(reply)}`);
}

/** The commands may end, then the daemon; what is left then. */
async function comeToRest(project) {
  writeFileSync(join(project.dir, 'go'), '');
  const haveEnded = () => readStore(project.state).runs.every(({ ended_at: at }) => at !== null);
  await within(15_000, haveEnded, 60);
  await project.call(['stop', '--now']);
  await within(5_000, () => project.leftovers().length === 0);
  const verdict = await project.call(['audit', 'verify']);
  const { jobs, runs, revisions, audit } = readStore(project.state);
  const names = new Map(jobs.map(({ uid, name }) => [uid, name]));
  const startedAs = new Map(witnessed(project, 'start').map(([, name, id]) => [id, name]));
  return {
    revisionsAfter: revisions.length,
    audited: audit.map(({ action }) => action),
    audit: verdict.code === 0 ? 'whole' : verdict.stdout + verdict.stderr,
    runs: runs.map(({ id, state, job_uid: uid }) => ({
      state,
      startedAs: startedAs.get(id),
      heldBy: names.get(uid),
    })),
    starts: counts(witnessed(project, 'start')),
    ends: counts(witnessed(project, 'end')),
    leftovers: project.leftovers().length,
  };
}

/** `[word, job, run]` of each line that begins with the word. */
function witnessed(project, word) {
  const lines = readFileSync(project.witness, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.split(' '));
}

function counts(lines) {
  const found = {};
  for (const [, name] of lines) found[name] = (found[name] ?? 0) + 1;
  return found;
}

/** Straight to the daemon; throws where it refuses or is not there. */
function api(project, method, path, body) {
  return new Promise((done, fail) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const asked = request(
      { socketPath: join(project.state, 'daemon.sock'), method, path: `/api/v1${path}`, headers },
      (answer) => {
        let said = '';
        answer.setEncoding('utf8').on('data', (part) => (said += part));
        answer.once('error', fail).once('end', () => {
          const { success, data, error } = JSON.parse(said);
          if (success === true) done(data);
          else fail(new Error(`${path}: ${error?.detail ?? said}`));
        });
      },
    );
    asked.once('error', fail).end(text);
  });
}
