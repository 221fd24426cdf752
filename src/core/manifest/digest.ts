// Digests of meaning: equal for manifests that do the same, whatever the order
// of keys, the comments, the anchors or the way a schedule is spelt.
import { withoutSpelling } from '../schedule/without-spelling.ts';
import { withoutUnusedFields } from './added-fields.ts';
import type { Job, Manifest } from './job.ts';
import { queueLimitDefault } from './normalise.ts';

/** Hex digest of a text; supplied by the caller, since the core has no crypto. */
export type DigestFunction = (content: string) => string;

/** Version of the canonical form. It changes whenever the form or a default does. */
const prefix = 'c1:';

/** JSON with sorted keys and without blanks. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/**
 * Digest of a job spec. Leaves out what is identity (the name and former names)
 * and the spelling of schedules, since `every 60s` and `every 1m` are one rule.
 */
export function jobDigest(job: Job, digest: DigestFunction): string {
  const { name: _name, renamedFrom: _renamedFrom, schedules, ...spec } = job;
  const rules = schedules.map(withoutSpelling);
  return prefix + digest(canonicalJson(withoutUnusedFields({ ...spec, schedules: rules })));
}

/** Digest of all that is in force under a manifest; the order of jobs does not count. */
export function manifestDigest(
  manifest: Manifest,
  jobDigests: ReadonlyMap<string, string>,
  digest: DigestFunction,
): string {
  const { concurrencyMax, queueLimit, groups } = manifest.limits;
  // What came after the first form is left out while it is not used.
  const content = {
    version: manifest.version,
    timezone: manifest.timezone,
    concurrency: {
      max: concurrencyMax,
      ...(queueLimit === queueLimitDefault ? {} : { queueLimit }),
    },
    ...(Object.keys(groups).length === 0 ? {} : { groups }),
    jobs: Object.fromEntries(jobDigests),
  };
  return prefix + digest(canonicalJson(content));
}
