// The schema of a job, and of `defaults`, which takes those of its fields that
// make sense for every job.
import Type from 'typebox';
import type { TSchema } from 'typebox';
import { durationPattern } from '../../schedule/parse-duration.ts';
import { jobCalendarSchema } from './calendar-schema.ts';
import { closed, field, mapOf, words } from './field.ts';
import {
  exitCodesPattern,
  namePattern,
  sizePattern,
  umaskPattern,
  userPattern,
  variablePattern,
  visiblePattern,
} from './patterns.ts';
import { scheduleSchema } from './schedule-schema.ts';

const text = Type.String({ pattern: visiblePattern });
const duration = Type.String({ pattern: durationPattern });
const exitCode = Type.Integer({ minimum: 0, maximum: 255 });

const reference = closed(
  {
    from: field(words('env', 'file'), {
      title: 'Where the value is',
      about: '`env`: in a variable of the daemon; `file`: in a file.',
      examples: ['file'],
    }),
    key: field(Type.String({ pattern: variablePattern }), {
      title: 'Variable of the daemon',
      about: 'With `from: env`: its name; the same name when absent.',
      examples: ['SHOP_DB_PASSWORD'],
    }),
    path: field(text, {
      title: 'File with the value',
      about:
        'With `from: file`: the value is the content without the newline at its end; an empty one fails the run. A relative path starts at the directory of the manifest. Only its owner may read the file.',
      examples: ['/etc/backup/db-password', './secrets/token'],
    }),
    mode_check: field(Type.Boolean(), {
      title: 'Check who may read the file',
      about:
        'With `from: file`: `false` accepts a file that others may read, or that belongs to another account.',
      default: true,
      examples: [false],
    }),
  },
  ['from'],
);

/** Variables: numbers, true and false become text; a map says where the value is. */
export const envSchema = mapOf(
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), reference]),
  variablePattern,
  { maxProperties: 256 },
);

const kill = closed({
  signal: field(words('TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'KILL'), {
    title: 'First signal',
    about: 'Sent to the process group of the command when it has to end.',
    default: 'TERM',
    examples: ['INT'],
  }),
  grace: field(duration, {
    title: 'Grace',
    about: 'How long the command may take to end before `KILL` is sent.',
    default: '10s',
    examples: ['30s', '2m'],
  }),
  leftovers: field(Type.Boolean(), {
    title: 'End what is left over',
    about:
      'Processes that outlive the command are noted on the run; `true` ends them as well. Those of a command that was ended are ended in any case, as far as they can be found (docs/processes.md).',
    default: false,
    examples: [true],
  }),
});

const count = (least: number, most: number): TSchema =>
  Type.Integer({ minimum: least, maximum: most });
const bytes = Type.String({ pattern: sizePattern });

const limits = closed({
  // A shell that redirects puts descriptors of its own at 10 and above.
  open_files: field(count(16, 1_048_576), {
    title: 'Open files',
    about:
      'How many files and sockets one process may have open: at least `16`, because a shell cannot begin with fewer.',
    examples: [256],
  }),
  processes: field(count(1, 4_194_304), {
    title: 'Processes',
    about:
      'How many processes and threads the account may have in all when the command starts one more. Does not bind root.',
    examples: [200],
  }),
  file_size: field(bytes, {
    title: 'Greatest size of a file',
    about: 'No file may be written beyond this, the run log included.',
    examples: ['2GB'],
  }),
  cpu_time: field(duration, {
    title: 'Processor time',
    about: 'Of one process; beyond it the process is ended. Whole seconds, rounded up.',
    examples: ['10m'],
  }),
  memory: field(bytes, {
    title: 'Memory',
    about:
      'Address space of one process, reserved but unused memory included; at least `4MiB`, because no program can begin with less.',
    examples: ['512MiB', '2GiB'],
  }),
  core_size: field(bytes, {
    title: 'Size of a core dump',
    about: '`0B`: none is written.',
    examples: ['0B'],
  }),
});

const retry = Type.Union([
  Type.Integer({ minimum: 0, maximum: 1000, title: 'Number of retries' }),
  closed(
    {
      limit: field(Type.Integer({ minimum: 0, maximum: 1000 }), {
        title: 'Number of retries',
        about: 'Retries after the first attempt: `3` means at most 4 attempts.',
        default: 0,
        examples: [3],
      }),
      delay: field(duration, {
        title: 'First delay',
        about: 'Wait before the first retry.',
        default: '1s',
        examples: ['30s'],
      }),
      backoff: field(words('constant', 'exponential'), {
        title: 'Growth of the delay',
        about: 'Whether the delay stays the same or grows by `factor` with each retry.',
        default: 'exponential',
        examples: ['constant'],
      }),
      factor: field(Type.Number({ minimum: 1, maximum: 100 }), {
        title: 'Factor of growth',
        about: 'By how much an exponential delay grows with each retry.',
        default: 2,
        examples: [1.5],
      }),
      max_delay: field(duration, {
        title: 'Longest delay',
        about: 'The delay does not grow beyond this.',
        default: '5m',
        examples: ['10m'],
      }),
      jitter: field(Type.Number({ minimum: 0, maximum: 1 }), {
        title: 'Spread of the delay',
        about: 'Share of the delay that is chosen at random, from `0` to `1`.',
        default: 0.1,
        examples: [0.5],
      }),
      on: field(
        Type.Array(
          Type.Union([
            Type.Unsafe<string>({
              type: 'string',
              enum: ['exit', 'timeout', 'signal', 'start', 'lost'],
            }),
            Type.Integer({ minimum: 1, maximum: 255 }),
            Type.String({ pattern: exitCodesPattern }),
          ]),
          { minItems: 1, maxItems: 64, uniqueItems: true },
        ),
        {
          title: 'What is retried',
          about:
            'Ways of failing that are answered by a retry: `exit` (any failing exit code), single exit codes and ranges of them (`64-78`), `timeout`, `signal` (ended by a signal), `start` (could not be started). `lost` (nobody saw the end, as after a crash of the host) only when it is named: the command may have run, so it may run more than once.',
          default: ['exit', 'timeout', 'signal', 'start'],
          examples: [['timeout', 75], ['exit', 'lost']],
        },
      ),
    },
    ['limit'],
  ),
]);

const catchUpPolicy = words('latest', 'none', 'all');

const catchUp = Type.Union([
  catchUpPolicy,
  closed({
    policy: field(catchUpPolicy, {
      title: 'Which occurrences are caught up',
      about: '`latest`: one run for the newest, `all`: one for each, `none`: nothing.',
      default: 'latest',
      examples: ['all'],
    }),
    window: field(duration, {
      title: 'Window',
      about: 'Occurrences that are older than this are recorded as missed.',
      default: '24h',
      examples: ['12h'],
    }),
    limit: field(Type.Integer({ minimum: 1, maximum: 10_000 }), {
      title: 'Greatest number of runs',
      about: 'At most this many runs are caught up under policy `all`, the oldest first; the others are recorded as missed.',
      default: 100,
      examples: [10],
    }),
  }),
]);

const keptRuns = field(Type.Integer({ minimum: 10, maximum: 1_000_000 }), {
  title: 'Runs',
  about: 'How many ended runs of a job are kept.',
  examples: [500],
});
const keptAge = field(duration, {
  title: 'Age',
  about: 'Up to which age ended runs, and what became of occurrences, are kept.',
  examples: ['30d'],
});
const logSize = Type.String({ pattern: sizePattern });

/** At the top of the manifest. */
export const manifestRetention = closed({
  runs: keptRuns,
  age: keptAge,
  log_bytes: field(logSize, {
    title: 'Bytes of run logs',
    about:
      'How many bytes of logs each job keeps in all its runs; the oldest logs go first, and their runs stay. A job’s `log.keep` wins.',
    examples: ['100MB'],
  }),
});

const shared: Record<string, TSchema> = {
  calendar: field(jobCalendarSchema, {
    title: 'Calendars of the schedule',
    about:
      'On which days the schedule counts, by `calendars` of the manifest: a day in the zone of the schedule. Those left out are no occurrences, so nothing is skipped or caught up for them.',
    examples: [{ except: 'holidays', roll: 'next' }],
  }),
  owner: field(text, {
    title: 'Owner',
    about: 'Person or team to ask about the job.',
    examples: ['dba', 'ops@example.org'],
  }),
  runbook: field(Type.String({ pattern: visiblePattern, maxLength: 2000 }), {
    title: 'Runbook',
    about:
      'Link to, or path of, what to do when the job fails. Shown where it does: at the end of `jm2 run --wait`, by `history`, `show` and `status`.',
    examples: ['https://wiki.example.org/runbooks/dump-shop', 'docs/dump-shop.md'],
  }),
  tags: field(
    Type.Array(Type.String({ pattern: visiblePattern, maxLength: 63 }), {
      maxItems: 64,
      uniqueItems: true,
    }),
    {
      title: 'Tags',
      about: 'Words to filter jobs by, as in `jm2 list --tag backup`.',
      default: [],
      examples: [['backup', 'nightly']],
    },
  ),
  shell: field(text, {
    title: 'Shell',
    about: 'Program that runs a command given as text, called as `SHELL -c TEXT`.',
    default: '/bin/sh',
    examples: ['/bin/bash'],
  }),
  cwd: field(text, {
    title: 'Working directory',
    about: 'A relative one starts at the directory of the manifest, which is also the default.',
    examples: ['/srv/shop', './scripts'],
  }),
  user: field(Type.String({ pattern: userPattern }), {
    title: 'Account',
    about:
      'Account that runs the command; the one of the daemon when absent. Another one needs a daemon that runs as root.',
    examples: ['postgres'],
  }),
  env_file: field(
    Type.Union([
      Type.String({ pattern: visiblePattern, title: 'One file' }),
      Type.Array(text, { minItems: 1, maxItems: 32, title: 'Several files' }),
    ]),
    {
      title: 'Files with variables',
      about:
        'Read when a run starts: `NAME=value` in lines, with comments, `export` and quotes; nothing is replaced in a value. A later file wins, `env` wins over all. A relative path starts at the directory of the manifest.',
      examples: ['/etc/backup.env', ['common.env', 'shop.env']],
    },
  ),
  inherit_env: field(
    Type.Array(Type.String({ pattern: variablePattern }), {
      maxItems: 256,
      uniqueItems: true,
    }),
    {
      title: 'Variables of the daemon',
      about:
        'Names of variables that the command gets from the environment of the daemon, where they are set. No other one reaches a command.',
      default: [],
      examples: [['SSH_AUTH_SOCK', 'HTTPS_PROXY']],
    },
  ),
  umask: field(Type.String({ pattern: umaskPattern }), {
    title: 'Permissions taken from new files',
    about: 'In octal, in quotes; the one of the daemon when absent.',
    examples: ['027', '077'],
  }),
  nice: field(Type.Integer({ minimum: -20, maximum: 19 }), {
    title: 'Priority for the processor',
    about: 'From `-20`, the most, to `19`, the least; below the one of the daemon only as root.',
    examples: [10],
  }),
  limits: field(limits, {
    title: 'Limits of the system',
    about:
      'Bounds that the system sets to each process of the command. A job’s own value replaces that of `defaults` as a whole.',
    examples: [{ open_files: 256, memory: '2GiB' }],
  }),
  timeout: field(duration, {
    title: 'Timeout',
    about: 'Bound of one attempt; none when absent. The attempt ends as `timed_out`.',
    examples: ['45m', '1h30m'],
  }),
  kill: field(kill, {
    title: 'How a command is ended',
    about: 'The signal sent first, how long to wait before `KILL`, and what happens to processes that outlive the command.',
    default: { signal: 'TERM', grace: '10s', leftovers: false },
    examples: [{ signal: 'INT', grace: '1m' }],
  }),
  retry: field(retry, {
    title: 'Retry',
    about:
      'A number of retries, or a map with delays and conditions. A job’s own value replaces that of `defaults` as a whole.',
    default: 0,
    examples: [2, { limit: 3, delay: '30s', max_delay: '10m' }],
  }),
  success_codes: field(
    Type.Array(exitCode, { minItems: 1, maxItems: 256, uniqueItems: true }),
    {
      title: 'Exit codes that count as success',
      about: 'Every other exit code is a failure.',
      default: [0],
      examples: [[0, 3]],
    },
  ),
  concurrency: field(words('forbid', 'allow', 'queue', 'replace'), {
    title: 'Concurrency policy',
    about:
      'What happens to an occurrence while a run of the same job has not ended: `forbid` skips the new one, `allow` starts it, `queue` lets one wait, `replace` cancels the running one.',
    default: 'forbid',
    examples: ['queue'],
  }),
  group: field(Type.String({ pattern: namePattern }), {
    title: 'Group',
    about: 'One of the manifest’s `groups`: its runs share the limit of that group.',
    examples: ['database'],
  }),
  priority: field(
    Type.Union([words('low', 'normal', 'high'), Type.Integer({ minimum: -100, maximum: 100 })]),
    {
      title: 'Priority',
      about:
        'Which of the waiting runs gets a free slot first: the higher one. `low` is -10, `normal` 0, `high` 10; five minutes of waiting count as much as one step, so that nobody waits for ever.',
      default: 'normal',
      examples: ['high', 50],
    },
  ),
  start_deadline: field(duration, {
    title: 'Start deadline',
    about:
      'How late an occurrence may still start, counted from its nominal time. One that has not started by then is recorded as `missed(deadline)`. Without it a run waits as long as it takes.',
    examples: ['10m', '1h'],
  }),
  catch_up: field(catchUp, {
    title: 'Catch-up',
    about:
      'What happens to occurrences that passed while nobody could admit them: `latest`, `none` or `all`, or a map with a window and a limit.',
    default: 'latest',
    examples: ['none', { policy: 'latest', window: '12h' }],
  }),
  suspend: field(Type.Boolean(), {
    title: 'Suspend',
    about: 'Keeps the job but admits nothing. Its occurrences are recorded as skipped.',
    default: false,
    examples: [true],
  }),
  log: field(
    closed({
      max_size: field(Type.String({ pattern: sizePattern }), {
        title: 'Greatest size of a run log',
        about:
          'Beyond this the middle of the log is cut out and counted. Units: `B kB MB GB`, or `KiB MiB GiB`.',
        default: '10MB',
        examples: ['512KiB', '100MB'],
      }),
      keep: field(logSize, {
        title: 'Bytes of all run logs',
        about:
          'How many bytes of logs are kept in all runs of the job; beyond it the oldest logs go, and their runs stay and say so. The logs of the last ten runs and of the newest failure always stay.',
        examples: ['200MB'],
      }),
    }),
    {
      title: 'Run log',
      about: 'Bounds of what is kept of a run’s output.',
      examples: [{ max_size: '50MB' }],
    },
  ),
  on_remove: field(words('finish', 'cancel'), {
    title: 'When the job is removed',
    about: 'Whether a run that is going on may finish or is canceled when the job leaves the manifest.',
    default: 'finish',
    examples: ['cancel'],
  }),
  on_change: field(words('finish', 'restart'), {
    title: 'When the job changes while it runs',
    about:
      'What an apply does about a run that goes on when `command`, `shell`, `cwd`, `env`, `env_file`, `inherit_env`, `user`, `umask`, `nice` or `limits` change: `finish` lets it end as it began, `restart` ends it and starts it anew, once, as the job is now. Never while the job is suspended or paused. `jm2 plan` counts what it starts.',
    default: 'finish',
    examples: ['restart'],
  }),
  on_schedule_change: field(words('ignore', 'catch_up'), {
    title: 'When a schedule change loses a run',
    about:
      'With `catch_up`, an apply that takes the last run from the present day, week or month, as when a daily job moves at noon from 23:00 to 05:00, starts that run at once. Never while the job is suspended or paused. `jm2 plan` counts what it starts.',
    default: 'ignore',
    examples: ['catch_up'],
  }),
  protect: field(Type.Boolean(), {
    title: 'Protection against removal',
    about:
      'Keeps the job in force when it leaves the manifest, also when this line leaves with it: it goes only with an entry under `removed`, or by `jm2 apply --allow-remove JOB`.',
    default: false,
    examples: [true],
  }),
};

/** One job as written. */
export const jobSchema = closed(
  {
    description: field(text, {
      title: 'Description',
      about: 'What the job is for, in a sentence.',
      examples: ['Nightly dump of the shop database'],
    }),
    schedule: field(scheduleSchema, {
      title: 'Schedule',
      about:
        'When the job runs: `"0 3 * * *"`, `every 90s`, `at 2026-12-31T23:59`, `"@workdays"`, a map, or a list of these. Without it the job runs only by hand.',
      examples: ['0 3 * * *', 'every 30s', { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' }],
    }),
    timezone: field(text, {
      title: 'Zone of the job',
      about: 'IANA name of the zone of its schedules; the one of the manifest when absent.',
      examples: ['America/New_York'],
    }),
    command: field(
      Type.Union([
        Type.String({ pattern: visiblePattern, title: 'Command for the shell' }),
        Type.Array(Type.String(), {
          minItems: 1,
          maxItems: 4096,
          title: 'Program and arguments, without a shell',
        }),
      ]),
      {
        title: 'Command',
        about:
          'Text runs as `/bin/sh -c TEXT`; a list is a program and its arguments without a shell.',
        examples: ['pg_dump shop | gzip > shop.gz', ['curl', '-fsS', 'https://example.org/ping']],
      },
    ),
    env: field(envSchema, {
      title: 'Variables of the job',
      about:
        'Environment variables, merged by name over those of the manifest. A value is a text, a number, `true`, `false`, or a map that says where it is: it is then read when a run starts, and never shown or stored.',
      examples: [{ LEVEL: 'debug' }, { DB_PASSWORD: { from: 'file', path: '/etc/shop/db' } }],
    }),
    retention: field(closed({ runs: keptRuns, age: keptAge }), {
      title: 'Retention of the job',
      about: 'How much of its past is kept, instead of what the manifest or the settings say.',
      examples: [{ runs: 50 }],
    }),
    renamed_from: field(
      Type.Union([
        Type.String({ pattern: namePattern }),
        Type.Array(Type.String({ pattern: namePattern }), {
          minItems: 1,
          maxItems: 64,
          uniqueItems: true,
        }),
      ]),
      {
        title: 'Former names',
        about: 'Names the job had before: history, overrides and watermark follow the rename.',
        examples: ['old-backup', ['backup-1', 'backup-2']],
      },
    ),
    ...shared,
  },
  ['command'],
);

/** What holds for every job that does not say otherwise. */
export const defaultsSchema = closed(shared);
