// What is thrown when the engine breaks its own promises. The scheduler
// catches it, disables that one job and lets the others go on.

/** The most segments and months that one question to the engine may look at. */
export const SEARCH_STEPS_MAX = 10_000;

/** A schedule's engine did not progress; a bug in jm2 or in the zone's data, never the user's fault. */
export class EngineFault extends Error {
  /** What was asked, for the record. */
  readonly question: string;

  constructor(question: string, what: string) {
    super(`the schedule engine ${what} when asked for ${question}`);
    this.name = 'EngineFault';
    this.question = question;
  }
}

/** Counts the steps of one search and ends it by a fault at the bound. */
export class SearchSteps {
  #left = SEARCH_STEPS_MAX;
  readonly #question: () => string;

  /** The question is put into words only when there is a fault to tell. */
  constructor(question: () => string) {
    this.#question = question;
  }

  spend(): void {
    this.#left -= 1;
    if (this.#left < 0) {
      throw new EngineFault(this.#question(), `searched more than ${SEARCH_STEPS_MAX} steps`);
    }
  }
}
