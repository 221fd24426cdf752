// The values of a job with all defaults filled in, one by one under the names
// that the manifest has for them: `/retry/max_delay`, `/env/PATH`.
import { plainJob } from './normalise.ts';
import { segment } from './pointer.ts';

export interface ResolvedField {
  /** JSON pointer within the job. */
  readonly pointer: string;
  /** As a job spec has it, with the unit of its number: `maxDelayMs`. */
  readonly key: string;
  readonly value: unknown;
}

type Members = Readonly<Record<string, unknown>>;

/** Fields that hold others. */
const sections = new Set(['limits', 'kill', 'retry', 'catchUp', 'log']);

/** `spec` as the service gives it, in the order of a job spec. */
export function resolvedFields(spec: unknown): ResolvedField[] {
  if (!isRecord(spec)) return [];
  return Object.entries(inSpecOrder(spec)).flatMap(([key, value]): ResolvedField[] => {
    if (key === 'name') return [];
    if (key === 'schedules') return [{ pointer: '/schedule', key, value }];
    if (key === 'command' && isRecord(value)) return commandFields(value);
    if (key === 'env' && isRecord(value)) {
      return Object.entries(value).map(([name, one]) => ({
        pointer: `/env${segment(name)}`,
        key: 'env',
        value: one,
      }));
    }
    if (key === 'retention') return retentionFields(isRecord(value) ? value : {});
    const pointer = `/${fieldNameOf(key)}`;
    if (!sections.has(key) || !isRecord(value)) return [{ pointer, key, value }];
    return Object.entries(value).map(([name, one]) => ({
      pointer: `${pointer}/${fieldNameOf(name)}`,
      key: name,
      value: one,
    }));
  });
}

/**
 * The same spec with its fields where a job spec has them: one that was stored by an
 * earlier program gets the fields that came later behind or before the others.
 */
export function inSpecOrder(spec: Members): Members {
  return ordered(spec, plainJob('', '', 'UTC') as unknown as Members);
}

function ordered(members: Members, model: Members): Members {
  const names = [...Object.keys(model).filter((name) => name in members), ...Object.keys(members)];
  const sorted = [...new Set(names)].map((name): [string, unknown] => {
    const [value, like] = [members[name], model[name]];
    return [name, isRecord(value) && isRecord(like) ? ordered(value, like) : value];
  });
  return Object.fromEntries(sorted);
}

/** `maxDelayMs` is `max_delay`, `successCodes` is `success_codes`. */
export function fieldNameOf(key: string): string {
  return key
    .replace(/(Ms|Bytes)$/, '')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function commandFields(command: Members): ResolvedField[] {
  if (command['kind'] !== 'shell') {
    return [{ pointer: '/command', key: 'command', value: command['argv'] }];
  }
  return [
    { pointer: '/command', key: 'command', value: command['text'] },
    { pointer: '/shell', key: 'shell', value: command['shell'] },
  ];
}

/** Null where the daemon's settings decide. The bytes of logs are a field of `log`. */
function retentionFields(retention: Members): ResolvedField[] {
  return [
    { pointer: '/retention/runs', key: 'runs', value: retention['runs'] ?? null },
    { pointer: '/retention/age', key: 'ageMs', value: retention['ageMs'] ?? null },
    { pointer: '/log/keep', key: 'logBytes', value: retention['logBytes'] ?? null },
  ];
}

function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
