// Reads one schedule value at any depth: texts, names that lead to further
// values, objects and lists. Entry and promises are in parse-schedule.ts, the
// keys of an object in parse-schedule-object.ts.
import { compileSchedule } from './compile-schedule.ts';
import { hasHash, resolveHashes } from './hashed-fields.ts';
import { toIso } from './local-time.ts';
import { BUILT_IN_SCHEDULES, nearestScheduleName } from './named-schedules.ts';
import { parseCron } from './parse-cron.ts';
import { parseEvery } from './parse-every.ts';
import { parseInstant, resolveInstant } from './parse-instant.ts';
import { parseScheduleObject } from './parse-schedule-object.ts';
import {
  Problems,
  type ScheduleContext,
  type Surroundings,
  type TextPlace,
} from './schedule-context.ts';
import type { DstGap, DstOverlap, Schedule } from './schedule.ts';

/** A list in a list is refused by the schema; names may lead on this far. */
const DEPTH_MAX = 32;

/** Rules that only `cron` knows, as an object gives them. */
export interface DstRules {
  readonly dstGap: DstGap;
  readonly dstOverlap: DstOverlap;
}

const DEFAULT_RULES: DstRules = { dstGap: 'run_once', dstOverlap: 'first' };

/** Adds what it finds wrong to `problems`; the texts under an object's keys come back here. */
export class ScheduleReader {
  readonly context: ScheduleContext;
  readonly problems: Problems;

  constructor(context: ScheduleContext, problems: Problems) {
    this.context = context;
    this.problems = problems;
  }

  /** `trail`: the names that led here, oldest first. */
  read(input: unknown, path: string, trail: readonly string[]): readonly Schedule[] {
    if (typeof input === 'string') return this.#readText(input, path, trail);
    if (Array.isArray(input)) {
      return input.flatMap((item: unknown, index) => {
        if (!Array.isArray(item)) return this.read(item, `${path}/${index}`, trail);
        const detail = 'A list of schedules holds texts and objects, not further lists.';
        this.problems.add('JM2-S115', `${path}/${index}`, { detail });
        return [];
      });
    }
    if (typeof input === 'object' && input !== null) {
      const schedule = parseScheduleObject(input as Readonly<Record<string, unknown>>, path, this);
      return schedule === null ? [] : this.#checkBounds(schedule, path);
    }
    this.problems.add('JM2-S115', path, {
      detail: `A schedule is a text, an object or a list, not ${input === null ? 'null' : typeof input}.`,
      hint: 'Write a cron expression in quotes, such as "0 3 * * *".',
    });
    return [];
  }

  readCron(
    text: string,
    path: string,
    around: Surroundings,
    rules: DstRules = DEFAULT_RULES,
    written: string = text.trim(),
  ): Schedule | null {
    const plain = this.#cronText(text, path, []);
    if (plain === null) return null;
    const expression = hasHash(plain) ? resolveHashes(plain, this.context.seed) : plain;
    const parsed = parseCron(expression);
    if (parsed.ok) {
      return { kind: 'cron', expression: parsed.fields.expression, ...rules, ...around, written };
    }
    for (const fault of parsed.faults) {
      const place = expression === text ? { offset: fault.offset, length: fault.length } : null;
      this.problems.add(fault.code, path, { ...fault, place });
    }
    return null;
  }

  readAt(text: string, path: string, around: Surroundings, shift = 0): Schedule | null {
    const moment = this.#readMoment(text, path, around.timezone, shift);
    if (moment === null) return null;
    const { instant, remark } = moment;
    const schedule = { kind: 'at', instant, ...around, written: `at ${text}` } as const;
    // The same remarks as for a cron job at such a time.
    if (remark === 'gap') return { ...schedule, remark: 'dst_gap' };
    return remark === 'overlap' ? { ...schedule, remark: 'dst_overlap_first' } : schedule;
  }

  /** A moment in a zone; `shift` is where `text` begins within the scalar. */
  readInstant(text: string, path: string, timezone: string, shift = 0): number | null {
    return this.#readMoment(text, path, timezone, shift)?.instant ?? null;
  }

  #readMoment(
    text: string,
    path: string,
    timezone: string,
    shift: number,
  ): ReturnType<typeof resolveInstant> | null {
    const parsed = parseInstant(text);
    if (!parsed.ok) {
      this.problems.add('JM2-S110', path, {
        detail: `"${text}" is not a moment: ${parsed.problem}.`,
        label: parsed.problem,
        hint: 'Write a date and time such as 2026-12-31T23:59, with Z or an offset for an exact instant.',
        place: { offset: shift + parsed.column - 1, length: parsed.length },
      });
      return null;
    }
    const { instant, remark } = resolveInstant(parsed, timezone);
    const place = { offset: shift, length: text.length };
    if (remark === 'gap') {
      this.problems.add('JM2-S111', path, {
        detail: `${text} does not exist in ${timezone}: the clocks are set forward over it. ${toIso(instant)}, the moment of the change, is taken.`,
        label: 'skipped by the clocks',
        hint: 'Write a local time that exists, or an instant with its offset.',
        place,
      });
    }
    if (remark === 'overlap') {
      this.problems.add('JM2-S116', path, {
        detail: `${text} occurs twice in ${timezone}. The first, ${toIso(instant)}, is taken.`,
        label: 'shown twice by the clocks',
        hint: 'Add the offset to name one of the two.',
        place,
      });
    }
    return { instant, remark };
  }

  #readText(text: string, path: string, trail: readonly string[]): readonly Schedule[] {
    const around = { timezone: this.context.timezone, jitterMs: 0, from: null, until: null };
    const trimmed = text.trim();
    if (trimmed.startsWith('@')) return this.#readName(trimmed, text, path, trail);
    const every = /^(\s*every\s+)(.*?)\s*$/i.exec(text);
    if (every !== null) {
      const [, lead = '', rest = ''] = every;
      const schedule = parseEvery(rest, path, lead.length, around, this.problems);
      return schedule === null ? [] : [schedule];
    }
    const at = /^(\s*at\s+)(.*?)\s*$/i.exec(text);
    if (at !== null) {
      const [, lead = '', rest = ''] = at;
      const schedule = this.readAt(rest, path, around, lead.length);
      return schedule === null ? [] : [schedule];
    }
    if (!/[\d*H]/.test(trimmed) || trimmed.split(/\s+/).length < 2) {
      this.#refuseText(trimmed, text, path);
      return [];
    }
    const schedule = this.readCron(text, path, around);
    return schedule === null ? [] : [schedule];
  }

  #refuseText(trimmed: string, text: string, path: string): void {
    const name = this.#isDeclared(trimmed) || Object.hasOwn(BUILT_IN_SCHEDULES, trimmed);
    const isDuration = /^\d+\s*[a-z]+$/i.test(trimmed);
    const isMoment = /^\d{4}-\d{2}/.test(trimmed);
    let hint = 'Write a cron expression, `every 15m`, `at 2026-12-31T23:59` or `@daily`.';
    let mended: string | null = null;
    if (name) mended = `@${trimmed}`;
    else if (isDuration) mended = `every ${trimmed.replaceAll(/\s/g, '')}`;
    else if (isMoment) mended = `at ${trimmed}`;
    if (mended !== null) hint = name ? `Write "${mended}", in quotes.` : `Write ${mended}.`;
    this.problems.add('JM2-S115', path, {
      detail: trimmed === '' ? 'The schedule is empty.' : `"${trimmed}" is not a schedule.`,
      label: 'not a schedule',
      hint,
      mended,
      place: { offset: 0, length: Math.max(1, text.length) },
    });
  }

  #readName(
    reference: string,
    text: string,
    path: string,
    trail: readonly string[],
  ): readonly Schedule[] {
    const name = reference.slice(1);
    const place = { offset: text.indexOf('@'), length: reference.length };
    if (!this.#isDeclared(name)) {
      const expression = BUILT_IN_SCHEDULES[name.toLowerCase()];
      if (expression === undefined || !Object.hasOwn(BUILT_IN_SCHEDULES, name.toLowerCase())) {
        this.#refuseName(name, path, place, trail);
        return [];
      }
      const around = { timezone: this.context.timezone, jitterMs: 0, from: null, until: null };
      const schedule = this.readCron(expression, path, around, DEFAULT_RULES, reference);
      return schedule === null ? [] : [schedule];
    }
    if (trail.includes(name) || trail.length >= DEPTH_MAX) {
      this.#refuseCircle([...trail, name], path, place);
      return [];
    }
    const definition = new Problems();
    const inner = new ScheduleReader(this.context, definition);
    const schedules = inner.read(this.context.named[name], '', [...trail, name]);
    const fault = definition.list.find((problem) => problem.severity === 'error');
    if (fault?.code === 'JM2-S107') {
      this.problems.add('JM2-S107', path, { ...fault, place });
      return [];
    }
    if (fault !== undefined) {
      this.problems.add('JM2-S118', path, {
        detail: `The schedule "${name}" cannot be used: ${fault.detail}`,
        label: 'its definition has an error',
        hint: `Mend "${name}" under \`schedules\`.`,
        place,
      });
      return [];
    }
    return schedules.map((schedule) => ({ ...schedule, written: reference }));
  }

  /** The text of `cron: "@name"`: a name may stand for one plain cron expression there. */
  #cronText(text: string, path: string, trail: readonly string[]): string | null {
    const trimmed = text.trim();
    if (!trimmed.startsWith('@')) return text;
    const name = trimmed.slice(1);
    const place = { offset: Math.max(0, text.indexOf('@')), length: trimmed.length };
    if (!this.#isDeclared(name)) {
      if (Object.hasOwn(BUILT_IN_SCHEDULES, name.toLowerCase())) {
        return BUILT_IN_SCHEDULES[name.toLowerCase()] ?? null;
      }
      this.#refuseName(name, path, place, trail);
      return null;
    }
    if (trail.includes(name) || trail.length >= DEPTH_MAX) {
      this.#refuseCircle([...trail, name], path, place);
      return null;
    }
    const definition = this.context.named[name];
    if (typeof definition === 'string' && !/^\s*(?:every|at)\s/i.test(definition)) {
      return this.#cronText(definition, path, [...trail, name]);
    }
    this.problems.add('JM2-S112', path, {
      detail: `"@${name}" is not a plain cron expression, so it cannot stand under \`cron\`.`,
      label: 'not a cron expression',
      hint: `Write schedule: "@${name}", without the key \`cron\`.`,
      place,
    });
    return null;
  }

  #refuseName(name: string, path: string, place: TextPlace, trail: readonly string[]): void {
    const parts = name.split(/\s+/);
    let hint = 'Declare the name under `schedules`, or use @hourly, @daily, @weekly or @monthly.';
    const near = nearestScheduleName(name, Object.keys(this.context.named));
    let mended: string | null = null;
    if (name.toLowerCase() === 'reboot') {
      hint = 'Start the job by hand after a boot, or give it a schedule such as every 1h.';
    } else if (parts[0]?.toLowerCase() === 'every' && parts.length > 1) {
      mended = `every ${parts.slice(1).join('')}`;
      hint = `Write ${mended}, without the @.`;
    } else if (near !== null) {
      mended = `@${near}`;
      hint = `Did you mean "@${near}"?`;
    }
    this.problems.add('JM2-S106', path, {
      detail: `No schedule is named "${name}": it is neither declared under \`schedules\` nor built in.`,
      label: 'unknown name',
      hint,
      // Behind another name the text that is wrong stands elsewhere.
      mended: trail.length === 0 ? mended : null,
      place,
    });
  }

  #refuseCircle(names: readonly string[], path: string, place: TextPlace): void {
    const last = names.at(-1) ?? '';
    const circle = names.slice(names.indexOf(last)).map((name) => `@${name}`);
    this.problems.add('JM2-S107', path, {
      detail: `The named schedules lead back to themselves: ${circle.join(' → ')}.`,
      label: 'leads back to itself',
      hint: 'Give one of them a rule of its own.',
      place,
    });
  }

  /** `from` and `until` may leave nothing of a rule. */
  #checkBounds(schedule: Schedule, path: string): readonly Schedule[] {
    if (schedule.from === null && schedule.until === null) return [schedule];
    if (compileSchedule([schedule], '').next(-1) !== null) return [schedule];
    this.problems.add('JM2-S117', path, {
      detail: 'No moment of the schedule lies within `from` and `until`.',
      hint: 'Widen the bounds, or remove the schedule.',
    });
    return [];
  }

  #isDeclared(name: string): boolean {
    return Object.hasOwn(this.context.named, name);
  }
}
