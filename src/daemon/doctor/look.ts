// Gathers one group of facts so that nothing it meets keeps the others from being
// gathered: an error or a wait without end is itself a fact.
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import type { Looked } from '../../core/doctor/finding.ts';
import { within } from '../within.ts';

/** A file system or a daemon that does not answer must not hold the doctor. */
const withinMs = 20_000;

export async function look<T>(what: string, gather: () => T | Promise<T>): Promise<Looked<T>> {
  try {
    return { ok: true, value: await within(withinMs, Promise.resolve().then(gather)) };
  } catch (error) {
    return { ok: false, problem: `${what}: ${wordsOf(error)}` };
  }
}

export function wordsOf(error: unknown): string {
  if (error instanceof Jm2Error) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
