// What a job needs to start: its program, directory, account and secrets.
import { check } from './check.ts';
import type { EnvironmentFact } from './facts.ts';
import { plural, shellWord, some } from './finding.ts';

export const jobChecks = [
  check('job-fault', 'jobs', 'every schedule can be computed', 'jobs', ({ jobs }) => {
    const broken = jobs.filter(({ fault }) => fault !== null);
    if (broken.length === 0) return [];
    return [
      {
        severity: 'critical',
        summary: `${plural(broken.length, 'job')} cannot be scheduled: the engine failed`,
        detail: some(broken.map(({ job, fault }) => `${job.name}: ${fault ?? ''}`)),
        remedy: 'Write the schedule in another way, and report this',
        jobs: broken.map(({ job }) => job.name),
      },
    ];
  }),
  check(
    'job-program',
    'jobs',
    'the program and directory of every job are there',
    'programs',
    (programs) => {
      if (programs.length === 0) return [];
      const [denied] = programs.flatMap((program) =>
        program.denied === null ? [] : [program.denied],
      );
      return [
        {
          severity: 'major',
          summary: `${plural(programs.length, 'job')} cannot start as things are`,
          detail: some(programs.map(({ job, problem }) => `${job}: ${problem}`)),
          remedy:
            denied === undefined
              ? 'Install what is missing, or name it by its full path'
              : `chmod +x ${shellWord(denied)}`,
          jobs: programs.map(({ job }) => job),
        },
      ];
    },
  ),
  check(
    'job-user',
    'jobs',
    'every account that jobs run as exists and may be used',
    'users',
    (problems) =>
      problems.length === 0
        ? []
        : [
            {
              severity: 'major',
              summary: `${plural(problems.length, 'job')} cannot run as the account given`,
              detail: lines(problems),
              remedy: 'Correct `user`; only a daemon of root can run as another account',
              jobs: problems.map(({ job }) => job),
            },
          ],
  ),
  check('job-secrets', 'jobs', 'secrets and env files can be read', 'secrets', ({ problems }) =>
    problems.length === 0
      ? []
      : [
          {
            severity: 'major',
            summary: `${plural(problems.length, 'job')} will fail for variables that cannot be read`,
            detail: lines(problems),
            remedy:
              'Put the file or variable there, readable by the account of the daemon alone (chmod 600)',
            jobs: problems.map(({ job }) => job),
          },
        ],
  ),
  check('secret-rights', 'jobs', 'files with secrets are private', 'secrets', ({ exposed }) =>
    exposed.length === 0
      ? []
      : [
          {
            severity: 'minor',
            summary: 'others may read files with secrets',
            detail: lines(exposed),
            remedy: 'chmod 600 FILE',
            jobs: exposed.map(({ job }) => job),
          },
        ],
  ),
];

function lines(facts: readonly EnvironmentFact[]): string {
  return some(facts.map(({ job, problem }) => `${job}: ${problem}`));
}
