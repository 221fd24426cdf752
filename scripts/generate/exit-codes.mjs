// How jm2 ends, for the reference and the manual page. Marked as in Markdown.

export const exitCodes = [
  [0, 'done, or nothing to do'],
  [1, 'failure'],
  [2, 'changes are present (`plan --detailed-exitcode` only)'],
  [3, 'manifest not accepted'],
  [4, 'conflict or stale plan; another daemon holds the state directory'],
  [5, 'refused: approval, policy, guard, or no terminal to ask on'],
  [6, 'timed out waiting'],
  [8, 'daemon not reachable'],
  [64, 'wrong usage'],
];

export const runExitCodes = `\`run --wait\` ends with the run's own exit code; 124 timed out, 125 lost,
128 + N ended by signal N, 130 canceled.`;
