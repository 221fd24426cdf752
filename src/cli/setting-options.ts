// Settings that may be given to a daemon when it is started; their values are
// judged with all other settings.
import type { Settings } from '../settings/settings.ts';
import { settingsSchema } from '../settings/settings-schema.ts';
import type { SettingDefinition } from '../settings/settings-schema.ts';
import type { CommandOption } from './command.ts';
import type { Input } from './input.ts';

/** In few words, where a listing of the settings has sentences. */
const meanings: Partial<Record<keyof Settings, string>> = {
  sync: 'auto: take each accepted save; manual: wait for jm2 apply',
  worktree: 'files: take what is saved; committed: only what HEAD holds',
  graceMs: 'how long stopping lets runs finish',
  logLevel: 'least severe entries of the daemon log',
  keepRuns: 'ended runs kept per job',
  keepAgeMs: 'age up to which ended runs are kept',
  keepLogBytes: 'bytes of all run logs together',
  cgroups: 'auto: a cgroup for each run, where the system lets jm2 make some',
  networkDisk: 'allow: although the store lies on a network file system',
};

const placeholders: Readonly<Record<SettingDefinition['type']['kind'], string>> = {
  choice: 'mode',
  duration: 'duration',
  integer: 'number',
  path: 'path',
  size: 'size',
};

/** Where things are (home, manifest, state directory) is said to every command, not to these. */
const given = settingsSchema.flatMap((definition) => {
  const description = meanings[definition.key];
  return description === undefined ? [] : [{ ...definition, description }];
});

export const settingOptions: readonly CommandOption[] = given.map((definition) => ({
  flags: `${definition.flag} <${placeholders[definition.type.kind]}>`,
  description: `${definition.description} (default: ${definition.defaultText})`,
  ...(definition.type.kind === 'choice' ? { offers: definition.type.choices } : {}),
}));

export function settingFlags(input: Input): Partial<Record<keyof Settings, string>> {
  const flags: Partial<Record<keyof Settings, string>> = {};
  for (const { key, flag } of given) {
    const text = input.text(optionName(flag));
    if (text !== null) flags[key] = text;
  }
  return flags;
}

/** As commander names it: `--keep-runs` is `keepRuns`. */
function optionName(flag: string | null): string {
  return (flag ?? '').slice(2).replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
