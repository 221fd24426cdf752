// Codes of plans that are kept in files.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'plan' as const;

export const planFileProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-P213',
    area,
    summary: 'the plan file cannot be used',
    meaning:
      'The file is no plan of jm2, was cut short, was changed after it was written, or was written by a newer jm2. Nothing was changed.',
    remedy: 'Make it again with `jm2 plan --out FILE`.',
    example: 'jm2 apply jobs.yaml',
    corrected: 'jm2 apply change.jm2plan',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-P214',
    area,
    summary: 'the manifest has secrets in clear',
    meaning:
      'A plan file holds the text of the manifest and is made to be passed on, and this manifest has values in it that look like secrets. No plan file was written.',
    remedy:
      'Replace each by a reference, such as `{from: env, key: NAME}` or `{from: file, path: FILE}`; `jm2 validate` names them.',
    example: 'jm2 plan --out change.jm2plan',
    corrected: null,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-P215',
    area,
    summary: 'the plan is of another installation',
    meaning:
      'A plan file belongs to the store that it was computed against. This one was made for another: its revisions have nothing to do with these. Nothing was applied.',
    remedy: 'Make the plan where it is to be applied, or against a snapshot of it.',
    example: null,
    corrected: null,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P216',
    area,
    summary: 'the plan means something else here',
    meaning:
      'The text in the plan file, read by this jm2, gives another manifest than it gave where it was planned: defaults of another version, or a calendar file that changed. Nothing was applied.',
    remedy: 'Make the plan again here, and read what is different.',
    example: null,
    corrected: null,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P217',
    area,
    summary: 'the plan has expired',
    meaning:
      'A plan file is good for a day, unless `--expires` said otherwise: what it says about time grows old. Nothing was applied.',
    remedy: 'Make it again with `jm2 plan --out FILE`; for a slow review, with `--expires 7d`.',
    example: null,
    corrected: null,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P218',
    area,
    summary: 'the plan no longer fits',
    meaning:
      'Since the plan was made, another revision came into force, or this jm2 has other time-zone data, and carrying it out now would do something else than what was reviewed. Nothing was applied.',
    remedy: 'Bring the manifest up to date, make the plan again, and read the difference.',
    example: null,
    corrected: null,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P219',
    area,
    summary: 'the plan has grown hazards',
    meaning:
      'Carried out now, the plan would do something that it did not warn of when it was made: a job that it removes runs, a run is about to start. Nothing was applied.',
    remedy:
      'Wait, or make the plan again; what has been seen may be accepted with `--accept-hazard CODE:JOB`.',
    example: 'jm2 apply change.jm2plan',
    corrected: 'jm2 apply change.jm2plan --accept-hazard removes_running:report',
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-P212',
    area,
    summary: 'the impact is not the one approved',
    meaning:
      'What would be applied now has another effect than what was approved: the manifest, what is in force, or a hazard is different. Nothing was applied.',
    remedy: 'Read `jm2 plan`, and have that approved.',
    example: 'jm2 apply --expect-impact i1:0123',
    corrected: 'jm2 plan',
    exitCode: ExitCode.conflict,
  },
];
