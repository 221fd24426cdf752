// The rows of one bench: printed as they come, kept for `results.json`.
export const rows = [];

/** `values` are numbers for machines: the figure, what stands beside it, their ratio. */
export function row(measure, figure, beside, target, values = {}) {
  rows.push({ measure, figure, beside, target, ...values });
  print(measure, figure, beside, target);
}

export function print(measure, figure, beside, target) {
  console.log(`${measure.padEnd(34)} ${figure.padEnd(44)} ${beside.padEnd(46)} ${target}`);
}

export const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const times = (value) => `${value.toFixed(2)}x`;
export const best = (results, of) => results.reduce((a, b) => (of(b) < of(a) ? b : a));
