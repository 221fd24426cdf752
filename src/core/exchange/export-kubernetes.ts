// Jobs as CronJobs of Kubernetes. What runs there is an image, which a manifest
// does not name; so it is told. A CronJob is written only when it has the same
// starts for a year by the rules of its controller.
import { stringify } from 'yaml';
import type { Job } from '../manifest/job.ts';
import { FIELDS, readField } from '../schedule/cron-fields.ts';
import { compileSchedule } from '../schedule/compile-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { cronCandidates } from './cron-candidates.ts';
import type { Exported, ExportRemark, Note } from './exported.ts';
import { readKubernetesSchedule } from './kubernetes-schedule.ts';
import { readersByZone } from './local-minute.ts';
import { proveTimes } from './prove-times.ts';

export interface KubernetesExportOptions {
  /** Image of all containers. */
  readonly image: string;
  /** Null leaves it to whoever applies the text. */
  readonly namespace: string | null;
  /** Epoch ms. */
  readonly now: number;
}

/** A year and a day. */
const provedMs = 366 * 86_400_000;
const provedStartsMax = 20_000;
/** The controller looks every ten seconds; a shorter deadline would lose starts. */
const shortestDeadlineSeconds = 60;
/** A CronJob's name gets eleven more characters for each of its jobs. */
const nameMax = 52;

type ReaderOf = ReturnType<typeof readersByZone>;

export function exportKubernetes(jobs: readonly Job[], options: KubernetesExportOptions): Exported {
  const remarks: ExportRemark[] = [];
  const readerOf = readersByZone();
  const documents: string[] = [];
  for (const job of jobs) {
    const note: Note = (kind, text) => {
      remarks.push({ job: job.name, kind, text });
    };
    for (const cronJob of cronJobs(job, options, readerOf, note)) {
      documents.push(stringify(cronJob, { lineWidth: 0 }));
    }
  }
  if (documents.length > 0) {
    remarks.push({
      job: null,
      kind: 'changed',
      text: `everything runs in the image ${options.image}; a cluster may start a job twice, or not at all`,
    });
  }
  return { text: documents.join('---\n'), remarks };
}

function cronJobs(
  job: Job,
  options: KubernetesExportOptions,
  readerOf: ReaderOf,
  note: Note,
): object[] {
  if (job.schedules.length === 0) {
    note('dropped', 'it has no schedule, and a CronJob needs one');
    return [];
  }
  const schedules = job.schedules.flatMap((schedule) => {
    const expression = provedExpression(schedule, options.now, readerOf);
    if (expression !== null) return [{ expression, timeZone: schedule.timezone }];
    note('dropped', `no CronJob has the times of \`${schedule.written}\``);
    return [];
  });
  if (schedules.length === 0) return [];
  const template = templateOf(job, options, note);
  remarkOn(job, note);
  if (schedules.length > 1) {
    note('changed', `it becomes ${schedules.length} CronJobs, which do not wait for each other`);
  }
  return schedules.map(({ expression, timeZone }, at) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {
      name: nameOf(job.name, schedules.length > 1 ? `-${at + 1}` : '', note),
      ...(options.namespace === null ? {} : { namespace: options.namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'jm2' },
      ...(job.description === null
        ? {}
        : { annotations: { 'kubernetes.io/description': job.description } }),
    },
    spec: { schedule: expression, timeZone, ...policies(job, note), ...template },
  }));
}

/** Null where there is none with the same starts. */
function provedExpression(schedule: Schedule, now: number, readerOf: ReaderOf): string | null {
  if (schedule.from !== null || schedule.until !== null) return null;
  const compiled = compileSchedule([{ ...schedule, jitterMs: 0 }], 'export');
  for (const candidate of cronCandidates(schedule, now)) {
    const expression = sundayIsZero(candidate);
    const read = readKubernetesSchedule(expression, '');
    if (typeof read === 'string' || read.fits === null) continue;
    const { agrees } = proveTimes({
      fits: read.fits,
      read: readerOf(schedule.timezone),
      compiled,
      after: now,
      until: now + provedMs,
      startsMax: provedStartsMax,
    });
    if (agrees) return expression;
  }
  return null;
}

/** A controller knows no day 7. */
function sundayIsZero(expression: string): string {
  const words = expression.split(' ');
  const week = words[4] ?? '*';
  if (!/(^|[,-])7/.test(week)) return expression;
  const days = new Set(readField(FIELDS.dayOfWeek, week, 0).values.map((value) => value % 7));
  return [...words.slice(0, 4), [...days].toSorted((a, b) => a - b).join(',')].join(' ');
}

function policies(job: Job, note: Note): object {
  const { catchUp } = job;
  const isQueue = job.concurrency === 'queue';
  if (isQueue) note('changed', 'a start that would wait in the queue is skipped');
  if (catchUp.policy === 'all') note('changed', 'of several missed starts, one is made up for');
  const late = catchUp.policy === 'none' ? 0 : Math.floor(catchUp.windowMs / 1000);
  const policy = { forbid: 'Forbid', allow: 'Allow', replace: 'Replace', queue: 'Forbid' };
  return {
    concurrencyPolicy: policy[job.concurrency],
    startingDeadlineSeconds: Math.max(late, shortestDeadlineSeconds),
    ...(job.suspend ? { suspend: true } : {}),
  };
}

function templateOf(job: Job, options: KubernetesExportOptions, note: Note): object {
  const { command, retry, timeoutMs } = job;
  const words = command.kind === 'argv' ? command.argv : [command.shell, '-c', command.text];
  if (job.cwd?.startsWith('/') !== true) {
    note('changed', "it begins in the image's directory and not in that of the manifest");
  }
  if (timeoutMs !== null && retry.limit > 0) {
    note('changed', 'its timeout bounds all attempts together');
  }
  const env = envOf(job, note);
  return {
    jobTemplate: {
      spec: {
        backoffLimit: retry.limit,
        ...(timeoutMs === null ? {} : { activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) }),
        template: {
          spec: {
            restartPolicy: 'Never',
            terminationGracePeriodSeconds: Math.ceil(job.kill.graceMs / 1000),
            containers: [
              {
                name: 'job',
                image: options.image,
                // `$(NAME)` would be replaced before the command starts.
                command: words.map((word) => word.replaceAll('$(', '$$$$(')),
                ...(job.cwd?.startsWith('/') === true ? { workingDir: job.cwd } : {}),
                ...(env.length === 0 ? {} : { env }),
              },
            ],
          },
        },
      },
    },
  };
}

function envOf(job: Job, note: Note): object[] {
  return Object.entries(job.env).flatMap(([name, value]): object[] => {
    if (typeof value === 'string') return [{ name, value: value.replaceAll('$(', '$$$$(') }];
    if (value.from === 'file') {
      note('dropped', `\`env.${name}\` comes from the file ${value.path}`);
      return [];
    }
    const secret = nameOf(job.name, '', () => undefined);
    note('changed', `\`env.${name}\` comes from the key ${value.key} of a secret "${secret}"`);
    return [{ name, valueFrom: { secretKeyRef: { name: secret, key: value.key } } }];
  });
}

/** Lower-case letters, digits, hyphens and dots, not at the ends. */
function nameOf(name: string, suffix: string, note: Note): string {
  const legal = name
    .replaceAll('_', '-')
    .replaceAll(/-*\.[-.]*/g, '.')
    .slice(0, nameMax - suffix.length)
    .replace(/[-.]+$/, '');
  if (legal !== name)
    note('changed', `a cluster does not take its name; it is "${legal}${suffix}"`);
  return legal + suffix;
}

function remarkOn(job: Job, note: Note): void {
  const said: readonly (readonly [boolean, string])[] = [
    [job.schedules.some(({ jitterMs }) => jitterMs > 0), 'jitter'],
    [job.envFile.length > 0, 'env_file'],
    [job.inheritEnv.length > 0, 'inherit_env'],
    [job.user !== null, 'user'],
    [job.umask !== null, 'umask'],
    [job.nice !== null, 'nice'],
    [Object.keys(job.limits).length > 0, 'limits'],
    [job.successCodes.length !== 1 || job.successCodes[0] !== 0, 'success_codes'],
    [job.kill.signal !== 'TERM', 'kill.signal'],
    [job.group !== null, 'group'],
    [job.priority !== 0, 'priority'],
    [job.startDeadlineMs !== null, 'start_deadline'],
    [job.retention !== null, 'retention'],
  ];
  const names = said.flatMap(([isSaid, name]) => (isSaid ? [`\`${name}\``] : []));
  if (names.length > 0) note('dropped', `a CronJob has no ${names.join(', ')}`);
}
