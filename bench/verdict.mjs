// When a ratio of the bench counts as worse than the recorded one. A ratio is
// what jm2 takes divided by what the alternative takes: less is better.

const allowed = 4 / 3;

/** Of each measure the better of two rounds: noise makes things slower, never faster. */
export const bestOf = (before, now) => combined(before, now, Math.min);

/** Of each measure the worse of two rounds. */
export const worstOf = (before, now) => combined(before, now, Math.max);

function combined(before, now, pick) {
  const names = Object.keys({ ...before, ...now });
  return Object.fromEntries(
    names.map((name) => [
      name,
      pick(...[before[name], now[name]].filter((ratio) => ratio !== undefined)),
    ]),
  );
}

/** Names of the measures that are worse by more than a third, or that were not taken at all. */
export function worsened(recorded, measured) {
  return Object.keys(recorded).filter((name) => {
    const ratio = measured[name];
    return ratio === undefined || !(ratio <= recorded[name] * allowed);
  });
}
