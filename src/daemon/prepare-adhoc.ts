// What an ad-hoc run is made of, out of what was asked for: its name, its spec from
// the template in force or from nothing, and the digest of it.
import type { AdhocInput } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { jobDigest } from '../core/manifest/digest.ts';
import type { Job } from '../core/manifest/job.ts';
import { adhocJob, adhocName, adhocProblem } from '../core/runs/adhoc.ts';
import type { StoreReader } from '../store/store.ts';
import { sha256 } from '../system/digest.ts';
import type { Ids } from '../system/ids.ts';
import { findJob } from './find.ts';

/** Of a random identity: short enough to type, and tried again when it is taken. */
const nameLength = 8;
const triesMax = 20;

/** Throws JM2-R128 for what cannot be run, JM2-R101 for a template that is not in force. */
export function prepareAdhoc(
  store: StoreReader,
  ids: Ids,
  input: AdhocInput,
): { readonly job: Job; readonly digest: string } {
  const wanted = {
    command: input.command,
    cwd: input.cwd ?? null,
    shell: input.shell ?? null,
    timeoutMs: input.timeoutMs ?? null,
  };
  const problem = adhocProblem(wanted);
  if (problem !== null) throw operationalError('JM2-R128', { detail: `${problem}.` });
  const name = nameOf(store, ids, input.name ?? null);
  const template = input.template == null ? null : findJob(store, input.template);
  if (template !== null && template.removedAt !== null) {
    throw operationalError('JM2-R101', {
      detail: `"${template.name}" is not in force, so that it is no template. Nothing was started.`,
      hint: 'jm2 list',
    });
  }
  const job = adhocJob(name, wanted, { template: template?.job ?? null, timezone: 'UTC' });
  // Marked, so that it is told from the specs of manifests and can go with its runs.
  return { job, digest: `adhoc:${jobDigest(job, sha256)}` };
}

function nameOf(store: StoreReader, ids: Ids, given: string | null): string {
  if (given !== null) {
    const name = adhocName(given);
    if (name !== null) return name;
    throw operationalError('JM2-R128', { detail: `${JSON.stringify(given)} is no name.` });
  }
  for (let tries = 0; tries < triesMax; tries += 1) {
    const name = adhocName(ids.uid().slice(-nameLength));
    if (name !== null && store.findJob(name) === null) return name;
  }
  throw operationalError('JM2-R128', { detail: 'No free name was found; give one.' });
}
