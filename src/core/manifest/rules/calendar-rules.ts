// Calendars of a manifest: their days are read here, from the manifest and from
// the files it names, and jobs get those they ask for. Whether days are left for a
// schedule is judged last, when schedules are known.
import { allowedDays } from '../../calendar/allowed-days.ts';
import type { Calendar, CalendarEntry, CalendarRule } from '../../calendar/calendar.ts';
import { type CalendarFile, entriesMax } from '../../calendar/calendar-file.ts';
import { readDates } from '../../calendar/day-rule.ts';
import { readDateList } from '../../calendar/read-date-list.ts';
import { readIcs } from '../../calendar/read-ics.ts';
import { firesOnDays } from '../../schedule/fires-on-days.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import type { BesideFiles } from '../beside.ts';
import type { WrittenDefaults, WrittenManifest } from '../generated/written-manifest.ts';
import { nearestWord } from '../nearest-word.ts';
import { fieldPhrase, segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

type WrittenCalendar = NonNullable<WrittenManifest['calendars']>[string];
type WrittenUse = NonNullable<WrittenDefaults['calendar']>;

const filesMax = 64;
const namesShown = 8;

export interface JudgedCalendars {
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** By job; those without calendars are absent. Jobs that say the same share one. */
  readonly rules: ReadonlyMap<string, CalendarRule>;
}

export function checkCalendars(
  manifest: SoundManifest,
  judged: { readonly timezone: string; readonly files: BesideFiles },
  reporter: Reporter,
): JudgedCalendars {
  const calendars = new Map<string, Calendar>();
  for (const [name, written] of Object.entries(manifest.calendars)) {
    const pointer = `/calendars${segment(name)}`;
    const reader = new CalendarReader(judged, reporter);
    calendars.set(name, reader.read(name, written, pointer));
  }
  const uses = new Uses(manifest, calendars, reporter);
  if (manifest.defaults.calendar !== undefined) {
    uses.ruleOf(manifest.defaults.calendar, '/defaults/calendar');
  }
  const rules = new Map<string, CalendarRule>();
  for (const { name, job } of manifest.jobs) {
    const used = job.calendar ?? manifest.defaults.calendar;
    if (used === undefined) continue;
    const own = job.calendar !== undefined;
    const pointer = own ? `/jobs${segment(name)}/calendar` : '/defaults/calendar';
    const rule = uses.ruleOf(used, pointer);
    if (rule !== null) rules.set(name, rule);
  }
  return { calendars, rules };
}

/** What calendars and schedules make of each other; both are known by now. */
export function checkCalendarUse(
  manifest: SoundManifest,
  rules: JudgedCalendars['rules'],
  schedules: ReadonlyMap<string, readonly Schedule[]>,
  reporter: Reporter,
): void {
  for (const { name, job } of manifest.jobs) {
    const rule = rules.get(name);
    const own = schedules.get(name) ?? [];
    if (rule === undefined) continue;
    const isOwn = job.calendar !== undefined;
    const pointer = isOwn ? `/jobs${segment(name)}/calendar` : '/defaults/calendar';
    if (isOwn && job.schedule === undefined) {
      reporter.report({
        code: 'JM2-M311',
        severity: 'warning',
        pointer,
        atKey: true,
        detail: `Job "${name}" has no schedule, so there is nothing that its calendars could leave out.`,
        label: 'no effect',
      });
    }
    if (isOwn && rule.roll !== 'skip' && own.some(({ kind }) => kind === 'every')) {
      reporter.report({
        code: 'JM2-M310',
        pointer: `${pointer}/roll`,
        detail: `An interval has no time of day that could be kept, so \`roll: ${rule.roll}\` of job "${name}" cannot move it to another day.`,
        label: 'not with every',
        hint: 'Remove `roll`, or give the job a cron expression.',
      });
    }
    if (own.length === 0 || own.some((schedule) => firesOnDays(schedule, rule))) continue;
    const nothing = allowedDays(rule).next(0) === null;
    reporter.report({
      code: 'JM2-M346',
      pointer: `/jobs${segment(name)}/${isOwn ? 'calendar' : 'schedule'}`,
      detail: nothing
        ? `The calendars of job "${name}" leave no day at all.`
        : `No day that the calendars of job "${name}" leave is a day of its schedule.`,
      label: 'never fires',
    });
  }
}

class CalendarReader {
  readonly #timezone: string;
  readonly #files: BesideFiles;
  readonly #reporter: Reporter;

  constructor(
    judged: { readonly timezone: string; readonly files: BesideFiles },
    reporter: Reporter,
  ) {
    this.#timezone = judged.timezone;
    this.#files = judged.files;
    this.#reporter = reporter;
  }

  read(name: string, written: WrittenCalendar, pointer: string): Calendar {
    const { dates = [], file = [], weekdays = [] } = written;
    const files = typeof file === 'string' ? [file] : file;
    const entries: CalendarEntry[] = weekdays.map((text) => ({ text, title: null }));
    dates.forEach((text, index) => {
      const at = `${pointer}/dates/${index}`;
      if (this.#isDate(text, at)) entries.push({ text: compact(text), title: null });
    });
    files.forEach((path, index) => {
      const at = typeof file === 'string' ? `${pointer}/file` : `${pointer}/file/${index}`;
      entries.push(...this.#fromFile(path, at));
    });
    if (entries.length > entriesMax) {
      this.#reporter.report({
        code: 'JM2-M342',
        pointer,
        atKey: true,
        detail: `Calendar "${name}" has ${entries.length} entries; ${entriesMax} are allowed.`,
        hint: 'Write ranges and days of every year, or leave out years that have passed.',
      });
    }
    if (entries.length === 0 && !this.#reporter.hasErrors) {
      this.#reporter.report({
        code: 'JM2-M345',
        severity: 'warning',
        pointer,
        atKey: true,
        detail: `Calendar "${name}" has no day.`,
        label: 'empty',
      });
    }
    const days = [...new Set(entries.map(({ text }) => text))].sort();
    return { name, days, entries, files };
  }

  #isDate(text: string, pointer: string): boolean {
    const read = readDates(text);
    if (read.ok) return true;
    this.#reporter.report({
      code: 'JM2-M342',
      pointer,
      detail: `"${text}", given for ${fieldPhrase(pointer)}, is no date: ${read.problem}.`,
      label: 'not a date',
    });
    return false;
  }

  #fromFile(path: string, pointer: string): readonly CalendarEntry[] {
    if (this.#files.count > filesMax) {
      const detail = `The calendars name more than ${filesMax} files.`;
      this.#reporter.report({ code: 'JM2-M343', pointer, detail });
      return [];
    }
    const found = this.#files.get(path);
    if (found.kind === 'failed') {
      this.#reporter.report({
        code: 'JM2-M343',
        pointer,
        detail: `"${path}", given for ${fieldPhrase(pointer)}, ${found.problem}.`,
        label: found.problem,
      });
      return [];
    }
    const { entries, problems } = fileOf(path, found.text, this.#timezone);
    for (const { line, detail } of problems) {
      this.#reporter.report({
        code: 'JM2-M344',
        pointer,
        elsewhere: { path, line },
        detail: `In line ${line} of ${path} ${detail}.`,
      });
    }
    return entries;
  }
}

/** By its name, but what begins as a calendar is one. */
function fileOf(path: string, text: string, zone: string): CalendarFile {
  const isIcs = /\.(?:ics|ical|ifb)$/i.test(path) || /^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text);
  return isIcs ? readIcs(text, zone) : readDateList(text);
}

/** From the calendars a job names to their days. */
class Uses {
  readonly #calendars: ReadonlyMap<string, Calendar>;
  readonly #names: readonly string[];
  readonly #reporter: Reporter;
  readonly #known = new Map<string, CalendarRule>();

  constructor(
    manifest: SoundManifest,
    calendars: ReadonlyMap<string, Calendar>,
    reporter: Reporter,
  ) {
    this.#calendars = calendars;
    this.#names = manifest.calendarNames;
    this.#reporter = reporter;
  }

  /** Null when it names none. */
  ruleOf(written: WrittenUse, pointer: string): CalendarRule | null {
    const { except = [], only = [], roll = 'skip' } = written;
    const lists = { except: [except].flat(), only: [only].flat() };
    for (const field of ['except', 'only'] as const) {
      lists[field].forEach((name, index) => {
        const isList = typeof written[field] !== 'string';
        this.#check(name, `${pointer}/${field}${isList ? `/${index}` : ''}`);
      });
    }
    if (lists.except.length + lists.only.length === 0) {
      if (
        written.roll !== undefined &&
        written.except === undefined &&
        written.only === undefined
      ) {
        this.#reporter.report({
          code: 'JM2-M311',
          severity: 'warning',
          pointer: `${pointer}/roll`,
          atKey: true,
          detail: 'Without `except` or `only` every day is allowed, and nothing is moved.',
          label: 'no effect',
        });
      }
      return null;
    }
    const key = JSON.stringify([lists, roll]);
    let rule = this.#known.get(key);
    if (rule === undefined) {
      const daysOf = (names: readonly string[]): CalendarRule['only'] =>
        [...names].sort().flatMap((name) => {
          const calendar = this.#calendars.get(name);
          return calendar === undefined ? [] : [{ name, days: calendar.days }];
        });
      rule = { except: daysOf(lists.except), only: daysOf(lists.only), roll };
      this.#known.set(key, rule);
    }
    return rule;
  }

  #check(name: string, pointer: string): void {
    if (this.#names.includes(name)) return;
    const near = nearestWord(name, this.#names);
    const there =
      this.#names.length === 0
        ? 'The manifest has no calendars.'
        : `The calendars are ${this.#names.slice(0, namesShown).join(', ')}${this.#names.length > namesShown ? ' and others' : ''}.`;
    this.#reporter.report({
      code: 'JM2-M341',
      pointer,
      detail: `"${name}", given for ${fieldPhrase(pointer)}, is not among the calendars of this manifest. ${there}`,
      label: 'no such calendar',
      mended: near === null ? null : { text: near },
      hint:
        near === null
          ? `Add it at the top of the manifest: \`calendars: {${name}: {dates: ["2026-12-25"]}}\`.`
          : `Did you mean ${near}?`,
    });
  }
}

function compact(text: string): string {
  return text.replaceAll(/\s/g, '');
}
