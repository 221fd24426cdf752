// What is proved: the expressions, the options, and the zones with the older
// names that people still write.
import type { DstOptions } from './judge.ts';

/** Fixed times, several a day and once; each is tried with all options. */
export const fixedTimes = [
  '30 2 * * *',
  '0 0 * * *',
  '45 23 * * *',
  '0 3 * * *',
  '15 1 * * 0',
  '0,30 1-3 * * *',
  '0-30/30 2,14 * * *',
  '5-50/15 0,2,23 * * *',
  '0 3 1-7 * *',
  '30 0 15 * 5',
  '20 2 * 3,10 *',
  '10 2 */2 * *',
  '40 1 * 3-11/4 1-5',
  '30 2 L * *',
  '15 2 LW * *',
  '30 1 1W,15W * *',
  '30 2 * * 0#1,0#2',
  '0 2 * * 0L,5L',
  '30 2 8-14 * +7',
  '30 2 1 * 0',
  '0,15,45 30 2 * * *',
  '59 59 23 * * *',
  '10-50/20 0,30 0-3/3 * * 0,6',
];

/** Wildcards in minute or hour keep elapsed time. */
export const wildcards = [
  '* * * * *',
  '*/15 * * * *',
  '*/7 * * * *',
  '7 * * * *',
  '*/20 2 * * *',
  '* 2 * * 0',
  '10 */6 * * *',
  '0-20/10 * * * 0,7',
  '0 * L * *',
  '30 30 * * * *',
  '15,45 */30 * * * *',
];

export const options: readonly DstOptions[] = (['run_once', 'skip', 'shift'] as const).flatMap(
  (gap) => (['first', 'last', 'both'] as const).map((overlap) => ({ gap, overlap })),
);

/** An anchor is a time of day (on 1 January 2025), a local moment, or an instant. */
export const intervals = [
  { every: '7m', intervalMs: 420_000, anchor: null },
  { every: '45m', intervalMs: 2_700_000, anchor: '06:00' },
  { every: '90s', intervalMs: 90_000, anchor: '2026-03-29T00:00:30Z' },
  { every: '1h30m', intervalMs: 5_400_000, anchor: '2026-03-29T02:30' },
  { every: '24h', intervalMs: 86_400_000, anchor: '02:30' },
] as const;

/** Names of before; newer ones of the same places are among those that the runtime lists. */
const formerNames = [
  'America/Buenos_Aires',
  'America/Indianapolis',
  'Asia/Calcutta',
  'Asia/Katmandu',
  'Asia/Rangoon',
  'Asia/Saigon',
  'Atlantic/Faeroe',
  'Australia/ACT',
  'Australia/NSW',
  'Brazil/East',
  'Canada/Atlantic',
  'Canada/Eastern',
  'Canada/Mountain',
  'Canada/Pacific',
  'Chile/Continental',
  'Etc/GMT+12',
  'Etc/GMT-14',
  'Etc/UTC',
  'Europe/Belfast',
  'Europe/Kiev',
  'Europe/Kyiv',
  'Mexico/BajaNorte',
  'Pacific/Samoa',
  'US/Alaska',
  'US/Central',
  'US/Eastern',
  'US/Hawaii',
  'US/Mountain',
  'US/Pacific',
];

/** Every zone of the runtime and the former names, without doubles. */
export function allZones(): readonly string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), ...formerNames])].toSorted();
}
