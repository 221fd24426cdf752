// The one source of manifest version 1. `npm run generate` makes from it the
// published JSON Schema, the validator, the type of the manifest as written and
// the field reference. Only the build imports it; nothing here is needed at run time.
import Type from 'typebox';
import { defaultsSchema, envSchema, jobSchema, manifestRetention } from './schema/job-schema.ts';
import { calendarSchema } from './schema/calendar-schema.ts';
import { closed, field, mapOf, words } from './schema/field.ts';
import { dayPattern, namePattern, visiblePattern, variablePattern } from './schema/patterns.ts';
import { scheduleSchema } from './schema/schedule-schema.ts';

/** The manifest as a whole. */
export const manifestSchema = closed(
  {
    version: field(Type.Literal(1), {
      title: 'Version',
      about: 'Major version of this schema.',
      examples: [1],
    }),
    timezone: field(Type.String({ pattern: visiblePattern }), {
      title: 'Zone',
      about: 'IANA name of the zone of all schedules.',
      default: 'UTC',
      examples: ['Europe/Berlin'],
    }),
    env: field(envSchema, {
      title: 'Variables',
      about: 'Environment variables of every job; a job’s own win. Values as in `env` of a job.',
      examples: [{ BACKUP_DIR: '/srv/backup' }],
    }),
    defaults: field(defaultsSchema, {
      title: 'Defaults',
      about: 'Values for every job that does not set them itself.',
      examples: [{ timeout: '30m', retry: 2 }],
    }),
    schedules: field(mapOf(scheduleSchema, namePattern, { maxProperties: 1000 }), {
      title: 'Named schedules',
      about: 'Schedules to be used by name, as in `schedule: "@office-hours"`.',
      examples: [{ 'office-hours': '*/20 9-17 * * 1-5' }],
    }),
    calendars: field(mapOf(calendarSchema, namePattern, { maxProperties: 100 }), {
      title: 'Calendars',
      about:
        'Days by name, such as holidays, for the `calendar` of jobs. `jm2 calendars` lists their days.',
      examples: [{ holidays: { dates: ['2026-12-25', '01-01'] } }],
    }),
    concurrency: field(
      closed({
        max: field(Type.Integer({ minimum: 1, maximum: 10_000 }), {
          title: 'Runs at once',
          about: 'How many runs of all jobs may go on at the same time; more wait as queued.',
          default: 64,
          examples: [4],
        }),
        queue_limit: field(Type.Integer({ minimum: 1, maximum: 10_000 }), {
          title: 'Runs that may wait',
          about:
            'How many runs of one job may wait for a free slot; further ones are recorded as `skipped(queue_full)`.',
          default: 200,
          examples: [20],
        }),
      }),
      {
        title: 'Concurrency of all jobs',
        about: 'Bounds over all jobs together.',
        examples: [{ max: 4 }],
      },
    ),
    groups: field(
      mapOf(
        closed(
          {
            max: field(Type.Integer({ minimum: 1, maximum: 10_000 }), {
              title: 'Runs at once in the group',
              about: 'How many runs of the jobs of this group may go on at the same time.',
              examples: [1],
            }),
          },
          ['max'],
        ),
        namePattern,
        { maxProperties: 1000 },
      ),
      {
        title: 'Groups',
        about:
          'Limits that several jobs share, by name. A job joins one with `group: NAME`; a run that waits for its group holds up nobody else.',
        examples: [{ database: { max: 1 } }],
      },
    ),
    retention: field(manifestRetention, {
      title: 'Retention',
      about:
        'How much of the past of each job is kept. The last ten runs of a job and its newest failure always stay. Without it the settings `keep_runs` and `keep_age` of the daemon decide.',
      examples: [{ runs: 500, age: '30d', log_bytes: '100MB' }],
    }),
    removed: field(
      mapOf(
        closed(
          {
            reason: field(Type.String({ pattern: visiblePattern, maxLength: 1000 }), {
              title: 'Reason of the removal',
              about: 'Why the job is gone, for whoever reads the manifest or its history.',
              examples: ['Replaced by the new warehouse'],
            }),
            running: field(words('finish', 'cancel'), {
              title: 'Runs of a removed job',
              about:
                'Whether a run that is going on may finish or is canceled, whatever `on_remove` of the job says.',
              examples: ['cancel'],
            }),
          },
          ['reason'],
        ),
        namePattern,
        { maxProperties: 10_000 },
      ),
      {
        title: 'Removed jobs',
        about:
          'Jobs that are meant to be gone, by name: a removal that a review sees. It lets go of a job with `protect: true`, and does not count as one of the many removals that wait for a person. May be taken out again afterwards.',
        examples: [{ 'old-report': { reason: 'Nobody reads it', running: 'finish' } }],
      },
    ),
    allow_empty: field(Type.Boolean(), {
      title: 'Many removals at once',
      about:
        'Lets any number of jobs leave at once, even all of them, without a person who confirms it. Without it more than three, if they are more than a tenth, run on until `jm2 apply`, since a file that was cut short looks the same.',
      default: false,
      examples: [true],
    }),
    public_env: field(
      Type.Array(Type.String({ pattern: variablePattern }), { uniqueItems: true, maxItems: 1000 }),
      {
        title: 'Variables that may be posted',
        about:
          'Names of variables whose values may stand in comments and annotations of a pipeline; of all others only their names do. What looks like a secret is never shown.',
        examples: [['BACKUP_DIR']],
      },
    ),
    drift: field(
      closed({
        ignore: field(
          Type.Array(
            closed(
              {
                path: field(Type.String({ pattern: visiblePattern, maxLength: 200 }), {
                  title: 'What is ignored',
                  about: 'A class of drift, a job, or both as `JOB/CLASS`.',
                  examples: ['dump-shop/behaviour', 'environment'],
                }),
                owner: field(Type.String({ pattern: visiblePattern, maxLength: 200 }), {
                  title: 'Who answers for it',
                  about: 'Person or team to ask.',
                  examples: ['ops'],
                }),
                reason: field(Type.String({ pattern: visiblePattern, maxLength: 1000 }), {
                  title: 'Why it is ignored',
                  about: 'Why it is known and may stay for now.',
                  examples: ['Moves to the new host in spring'],
                }),
                until: field(Type.String({ pattern: dayPattern }), {
                  title: 'Last day',
                  about:
                    'The last day on which it is ignored, in the zone of the manifest. Afterwards it counts again, and `jm2 drift` tells that the entry is over.',
                  examples: ['2026-12-31'],
                }),
              },
              ['path', 'owner', 'reason', 'until'],
            ),
            { maxItems: 1000 },
          ),
          {
            title: 'Known drift',
            about: 'Drift that is known, for a time: `jm2 drift` lists it as ignored.',
            examples: [
              [
                {
                  path: 'dump-shop/behaviour',
                  owner: 'ops',
                  reason: 'Moves to the new host in spring',
                  until: '2026-12-31',
                },
              ],
            ],
          },
        ),
      }),
      {
        title: 'Drift',
        about:
          'What `jm2 drift` does not count. No part of what runs: it holds as soon as it is in the file.',
        examples: [
          {
            ignore: [
              {
                path: 'environment',
                owner: 'ops',
                reason: 'The programs are being moved',
                until: '2026-12-31',
              },
            ],
          },
        ],
      },
    ),
    jobs: field(mapOf(jobSchema, namePattern), {
      title: 'Jobs',
      about:
        'The jobs by name. A name has 1 to 63 lower-case letters, digits, dots, underscores and hyphens, and is the identity of the job.',
      examples: [{ backup: { schedule: '0 3 * * *', command: './backup.sh' } }],
    }),
  },
  ['version', 'jobs'],
);
