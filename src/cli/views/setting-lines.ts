// A job's settings in force, in the words and units in which a manifest would
// say them, one per line. Which settings there are is the job's knowledge.
import { formatSize } from '../../core/manifest/parse-size.ts';
import { formatDuration } from '../../core/schedule/parse-duration.ts';
import { fieldNameOf, inSpecOrder } from '../../core/manifest/resolved-fields.ts';
import { escapeLine } from '../../core/diagnostics/escape-for-terminal.ts';

/** Shown elsewhere on the page, or of no use to a reader. */
const shownElsewhere = new Set([
  'name',
  'description',
  'owner',
  'runbook',
  'tags',
  'schedules',
  'timezone',
  'command',
]);

/** What the absence of a setting means. */
const absent: Readonly<Record<string, string>> = {
  cwd: "(the manifest's directory)",
  user: "(the daemon's account)",
  timeout: '(none)',
};

/** `spec` as the service gives it: a job with all defaults filled in. */
export function settingLines(spec: unknown): string {
  if (!isRecord(spec)) return '';
  const lines: string[] = [];
  for (const [key, value] of Object.entries(inSpecOrder(spec))) {
    const name = fieldNameOf(key);
    if (shownElsewhere.has(key) || isEmpty(value)) continue;
    lines.push(`  ${name}: ${value === null ? (absent[name] ?? '(none)') : written(key, value)}`);
  }
  return lines.join('\n');
}

/** A value of the setting `key`, as a manifest would say it. */
export function written(key: string, value: unknown): string {
  if (typeof value === 'number' && key.endsWith('Ms')) return formatDuration(value);
  if (typeof value === 'number' && key.endsWith('Bytes')) return formatSize(value);
  if (Array.isArray(value)) return `[${value.map((one) => written('', one)).join(', ')}]`;
  if (isRecord(value)) {
    // The names of variables are the author's own.
    const pairs = Object.entries(value).map(
      ([name, one]) => `${key === 'env' ? plain(name) : fieldNameOf(name)}: ${written(name, one)}`,
    );
    return `{${pairs.join(', ')}}`;
  }
  return typeof value === 'string' ? plain(value) : String(value);
}

/** Without quotes where a manifest needs none. */
function plain(text: string): string {
  const isPlain =
    /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|~)$/i.test(text);
  return isPlain ? text : escapeLine(JSON.stringify(text));
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length === 0
    : isRecord(value) && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
