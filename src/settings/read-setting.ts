// What one written value of one setting means. Where values come from, and
// which of them wins, is decided in load-settings.ts.
import { isAbsolute, join, resolve } from 'node:path';
import { closestMatch } from 'leven';
import { formatSize, parseSize, sizePattern } from '../core/manifest/parse-size.ts';
import { parseDuration } from '../core/schedule/parse-duration.ts';
import type { SettingDefinition } from './settings-schema.ts';

export interface SettingContext {
  /** Directory that relative paths start from. */
  readonly baseDir: string;
  readonly homeDir: string;
}

export type ReadSetting =
  | { readonly ok: true; readonly value: string | number }
  | { readonly ok: false; readonly problem: string };

/** Takes the value as text, or as the number or text a settings file holds. */
export function readSetting(
  definition: SettingDefinition,
  written: unknown,
  context: SettingContext,
): ReadSetting {
  const { type } = definition;
  switch (type.kind) {
    case 'path':
      return readPath(written, context);
    case 'choice':
      return readChoice(written, type.choices);
    case 'duration':
      return readDuration(written, type);
    case 'size':
      return readSize(written, type);
    case 'integer':
      return readInteger(written, type);
  }
}

function readPath(written: unknown, context: SettingContext): ReadSetting {
  if (typeof written !== 'string' || written === '') return refuse('must be a path');
  if (written.includes('\0')) return refuse('must not contain a NUL character');
  if (written === '~') return { ok: true, value: context.homeDir };
  if (written.startsWith('~/')) return { ok: true, value: join(context.homeDir, written.slice(2)) };
  return {
    ok: true,
    value: isAbsolute(written) ? resolve(written) : resolve(context.baseDir, written),
  };
}

function readChoice(written: unknown, choices: readonly string[]): ReadSetting {
  if (typeof written === 'string' && choices.includes(written)) return { ok: true, value: written };
  const near = typeof written === 'string' ? nearest(written, choices) : null;
  const suggestion = near === null ? '' : `; did you mean "${near}"?`;
  return refuse(`${shown(written)} is not one of ${choices.join(', ')}${suggestion}`);
}

function readDuration(written: unknown, bounds: { min: number; max: number }): ReadSetting {
  if (typeof written === 'number') return refuse(`${written} needs a unit, as in ${written}s`);
  if (typeof written !== 'string') return refuse('must be a duration such as 30s or 1h30m');
  // The shared grammar is for delays and intervals; here nothing at all is a value, too.
  const parsed = /^0[a-z]*$/.test(written) ? { ok: true as const, ms: 0 } : parseDuration(written);
  if (!parsed.ok) return refuse(`${shown(written)} is no duration: ${parsed.problem}`);
  if (parsed.ms < bounds.min) return refuse(`${shown(written)} is below ${inWords(bounds.min)}`);
  if (parsed.ms > bounds.max) return refuse(`${shown(written)} is above ${inWords(bounds.max)}`);
  return { ok: true, value: parsed.ms };
}

function readInteger(written: unknown, bounds: { min: number; max: number }): ReadSetting {
  const text = typeof written === 'number' ? String(written) : written;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) {
    return refuse(`${shown(written)} is not a whole number`);
  }
  const value = Number(text);
  if (value < bounds.min || value > bounds.max) {
    return refuse(`${value} is not between ${bounds.min} and ${bounds.max}`);
  }
  return { ok: true, value };
}

function readSize(written: unknown, bounds: { min: number; max: number }): ReadSetting {
  if (typeof written === 'number') return refuse(`${written} needs a unit, as in ${written}MB`);
  if (typeof written !== 'string' || !new RegExp(sizePattern).test(written)) {
    return refuse(`${shown(written)} is no size such as 500MB or 2GiB`);
  }
  const bytes = parseSize(written);
  if (bytes < bounds.min) return refuse(`${shown(written)} is below ${formatSize(bounds.min)}`);
  if (bytes > bounds.max) return refuse(`${shown(written)} is above ${formatSize(bounds.max)}`);
  return { ok: true, value: bytes };
}

/** The candidate a person most likely meant, or null when none is near. */
export function nearest(written: string, candidates: readonly string[]): string | null {
  // Two slips in a short word are common; more make a guess worthless.
  const maxDistance = Math.max(1, Math.min(3, Math.ceil(written.length / 3)));
  return closestMatch(written.toLowerCase(), [...candidates], { maxDistance }) ?? null;
}

function inWords(ms: number): string {
  return ms % 86_400_000 === 0 ? `${ms / 86_400_000}d` : `${ms / 3_600_000}h`;
}

function shown(written: unknown): string {
  return (JSON.stringify(written) ?? String(written)).slice(0, 80);
}

function refuse(problem: string): ReadSetting {
  return { ok: false, problem };
}
