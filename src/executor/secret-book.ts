// The secret values that this process has come to know, so that nothing it
// prints or serves shows them. In memory alone: after a restart they are read
// again from where they are.
import { maskText, spellingsOf } from '../core/manifest/masking.ts';

/**
 * Values of one job; a secret that is changed often pushes out its oldest. Two
 * files of variables with as many as may be in one have room.
 */
const valuesOfJobMax = 2_048;
const jobsMax = 10_000;

export class SecretBook {
  /** Values by job, oldest first. */
  readonly #jobs = new Map<string, Set<string>>();
  #spellings: readonly string[] | null = [];

  /** Values too short to be hidden are not kept. */
  learn(job: string, values: Iterable<string>): void {
    const known = this.#jobs.get(job) ?? new Set();
    for (const value of values) {
      if (known.has(value) || spellingsOf(value).length === 0) continue;
      known.add(value);
      this.#spellings = null;
      if (known.size > valuesOfJobMax) known.delete(firstOf(known));
    }
    if (known.size === 0) return;
    this.#jobs.set(job, known);
    if (this.#jobs.size > jobsMax) this.#jobs.delete(firstOf(this.#jobs.keys()));
  }

  valuesOf(job: string): readonly string[] {
    return [...(this.#jobs.get(job) ?? [])];
  }

  /** The text without any known value, of whichever job. */
  mask(text: string): string {
    this.#spellings ??= [
      ...new Set([...this.#jobs.values()].flatMap((values) => [...values].flatMap(spellingsOf))),
    ];
    return this.#spellings.length === 0 ? text : maskText(text, this.#spellings);
  }
}

function firstOf(values: Iterable<string>): string {
  for (const value of values) return value;
  return '';
}
