// Settings that may be given to a daemon when it is started; their values are
// judged with all other settings.
import type { Settings } from '../settings/settings.ts';
import type { CommandOption } from './command.ts';
import type { Input } from './input.ts';

export const settingOptions: readonly CommandOption[] = [
  {
    flags: '--sync <mode>',
    description: 'auto: take each accepted save; manual: wait for jm2 apply',
    offers: ['auto', 'manual'],
  },
  {
    flags: '--grace <duration>',
    description: 'how long stopping lets runs finish (default: 30s)',
  },
];

export function settingFlags(input: Input): Partial<Record<keyof Settings, string>> {
  const sync = input.text('sync');
  const grace = input.text('grace');
  return {
    ...(sync === null ? {} : { sync }),
    ...(grace === null ? {} : { graceMs: grace }),
  };
}
