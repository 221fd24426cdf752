// CronJobs of Kubernetes as jobs: their times, policies, command and variables.
// Whatever has to do with the container stays behind, and is said.
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Imported, ImportedJob, Remark } from './imported.ts';
import { readKubernetesSchedule } from './kubernetes-schedule.ts';

export interface KubernetesOptions {
  /** Zone of CronJobs that name none: that of the cluster's controller. */
  readonly zone: string;
  /** Zone of the manifest that the jobs go to. */
  readonly manifestZone: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Note = (kind: Remark['kind'], text: string) => void;

/** A file is at most this many documents; beyond it is something else. */
const documentsMax = 10_000;
/** What Kubernetes does where a CronJob says nothing. */
const backoffLimitDefault = 6;

export function importKubernetes(text: string, options: KubernetesOptions): Imported {
  const remarks: Remark[] = [];
  const jobs: ImportedJob[] = [];
  const lines = new LineCounter();
  const documents = parseAllDocuments(text.replace(/^\ufeff/, ''), {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  });
  for (const document of documents.slice(0, documentsMax)) {
    const line = lines.linePos(document.contents?.range?.[0] ?? document.range[0]).line;
    const problem = document.errors[0];
    if (problem !== undefined) {
      remarks.push({ kind: 'dropped', line, text: `this is no YAML: ${problem.message}` });
      continue;
    }
    const value = asFields(document.toJS({ maxAliasCount: 100 }));
    for (const item of value['kind'] === 'List' ? asList(value['items']) : [value]) {
      readObject(asFields(item), { line, options, jobs, remarks });
    }
  }
  return { jobs, remarks };
}

interface Place {
  readonly line: number;
  readonly options: KubernetesOptions;
  readonly jobs: ImportedJob[];
  readonly remarks: Remark[];
}

function readObject(object: Fields, { line, options, jobs, remarks }: Place): void {
  if (Object.keys(object).length === 0) return;
  const metadata = asFields(object['metadata']);
  const name = textOf(metadata['name'] ?? metadata['generateName'] ?? 'job').slice(0, 63);
  const note: Note = (kind, text) => {
    remarks.push({ kind, line, text: `${name}: ${text}` });
  };
  if (object['kind'] !== 'CronJob') {
    return note('dropped', `only CronJobs have times, this is a ${textOf(object['kind'])}`);
  }
  const spec = asFields(object['spec']);
  const job = asFields(asFields(spec['jobTemplate'])['spec']);
  const pod = asFields(asFields(job['template'])['spec']);
  const [container = {}, ...further] = asList(pod['containers']).map(asFields);
  const schedule = readKubernetesSchedule(textOf(spec['schedule']), name);
  if (typeof schedule === 'string') return note('dropped', schedule);
  const env = envOf(container, note);
  const command = commandOf(container, env, note);
  if (command === null) return;
  for (const text of schedule.changed) note('changed', text);
  const zone = typeof spec['timeZone'] === 'string' ? spec['timeZone'] : options.zone;
  if (further.length > 0) note('dropped', `only its first container is carried over`);
  leftBehind(spec, job, pod, container, note);
  jobs.push({
    name: name.toLowerCase(),
    line,
    zone,
    fits: schedule.fits,
    fields: {
      schedule:
        zone === options.manifestZone || schedule.interval !== null
          ? schedule.written
          : { cron: schedule.written, timezone: zone },
      command,
      ...(typeof container['workingDir'] === 'string' ? { cwd: container['workingDir'] } : {}),
      ...(Object.keys(env).length === 0 ? {} : { env }),
      ...policiesOf(spec, job, pod, note),
    },
  });
}

/** Fewer runs cannot be kept. */
const runsMin = 10;

function policiesOf(spec: Fields, job: Fields, pod: Fields, note: Note): Fields {
  const policy = textOf(spec['concurrencyPolicy'] ?? 'Allow').toLowerCase();
  const late = seconds(spec['startingDeadlineSeconds']);
  const limit = Number(job['backoffLimit'] ?? backoffLimitDefault);
  const deadline = seconds(job['activeDeadlineSeconds'] ?? pod['activeDeadlineSeconds']);
  const grace = seconds(pod['terminationGracePeriodSeconds']);
  const kept = [spec['successfulJobsHistoryLimit'], spec['failedJobsHistoryLimit']];
  const asked = kept.reduce<number>((sum, value) => sum + Number(value ?? 0), 0);
  const runs = asked > 0 ? Math.max(asked, runsMin) : 0;
  if (deadline !== null) {
    note('changed', 'activeDeadlineSeconds bounds all attempts together, timeout each one');
  }
  if (runs > 0) {
    const least = runs > asked ? `, which is the least here (${asked} there)` : '';
    note('changed', `the last ${runs} runs are kept, however they ended${least}`);
  }
  return {
    ...(policy === 'forbid' ? {} : { concurrency: policy }),
    ...(late === null ? {} : { catch_up: { policy: 'latest', window: late } }),
    ...(limit > 0
      ? { retry: { limit, delay: '10s', backoff: 'exponential', max_delay: '6m' } }
      : {}),
    ...(deadline === null ? {} : { timeout: deadline }),
    ...(grace === null ? {} : { kill: { grace } }),
    ...(runs > 0 ? { retention: { runs } } : {}),
    ...(spec['suspend'] === true ? { suspend: true } : {}),
  };
}

function seconds(value: unknown): string | null {
  return typeof value === 'number' && value > 0 ? `${value}s` : null;
}

/** Null where only the image knows what it runs. */
function commandOf(container: Fields, env: Fields, note: Note): string | string[] | null {
  const words = [...asList(container['command']), ...asList(container['args'])].map(textOf);
  const image = textOf(container['image'] ?? 'none');
  if (asList(container['command']).length === 0) {
    note('dropped', `what it runs stands in its image (${image}) and not here`);
    return null;
  }
  note('dropped', `the image ${image}: its command runs on this host`);
  const unknown = new Set<string>();
  const filled = words.map((word) => expanded(word, env, unknown));
  for (const name of unknown) {
    note('changed', `$(${name}) stays in the command; a shell would write "$${name}"`);
  }
  const [shell, flag, text] = filled;
  const isShell = filled.length === 3 && /^(\/bin\/)?sh$/.test(shell!) && flag === '-c';
  return isShell ? text! : filled;
}

/** `$(NAME)` is replaced before the command starts, `$$(NAME)` stands for itself. */
function expanded(text: string, env: Fields, unknown: Set<string>): string {
  return text.replaceAll(/\$(\$?)\(([\w.-]+)\)/g, (whole, escape: string, name: string) => {
    if (escape !== '') return whole.slice(1);
    const value = env[name];
    if (typeof value === 'string') return value;
    if (value !== undefined) unknown.add(name);
    return whole;
  });
}

function envOf(container: Fields, note: Note): Fields {
  const env: Record<string, unknown> = {};
  for (const entry of asList(container['env']).map(asFields)) {
    const name = textOf(entry['name']);
    const source = asFields(entry['valueFrom']);
    const [kind, reference] = Object.entries(source)[0] ?? [];
    if (kind === undefined) {
      env[name] = expanded(textOf(entry['value']), env, new Set());
    } else if (kind === 'secretKeyRef' || kind === 'configMapKeyRef') {
      const { name: owner, key } = asFields(reference) as { name?: unknown; key?: unknown };
      env[name] = { from: 'env', key: name };
      const where = kind === 'secretKeyRef' ? 'secret' : 'config map';
      note(
        'changed',
        `\`env.${name}\` came from the ${where} ${textOf(owner)}, key ${textOf(key)}; now the daemon's variable ${name} gives it`,
      );
    } else {
      note('dropped', `\`env.${name}\` comes from ${kind}, which only a cluster has`);
    }
  }
  return env;
}

const carried = {
  spec: [
    'schedule',
    'timeZone',
    'suspend',
    'concurrencyPolicy',
    'startingDeadlineSeconds',
    'successfulJobsHistoryLimit',
    'failedJobsHistoryLimit',
    'jobTemplate',
  ],
  job: ['backoffLimit', 'activeDeadlineSeconds', 'template'],
  // A job is restarted by its retries, whichever of the two policies a pod has.
  pod: ['containers', 'activeDeadlineSeconds', 'terminationGracePeriodSeconds', 'restartPolicy'],
  container: ['name', 'image', 'imagePullPolicy', 'command', 'args', 'env', 'workingDir'],
};

function leftBehind(spec: Fields, job: Fields, pod: Fields, container: Fields, note: Note): void {
  const keys = [
    ...without(spec, carried.spec),
    ...without(job, carried.job),
    ...without(pod, carried.pod),
    ...without(container, carried.container),
  ];
  if (keys.length > 0) note('dropped', `${keys.join(', ')}: nothing here stands for it`);
}

function without(fields: Fields, names: readonly string[]): string[] {
  return Object.keys(fields).filter((key) => !names.includes(key));
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A scalar as it is, nothing as an empty text, anything else as JSON. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
