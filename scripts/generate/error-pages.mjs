// docs/errors.md and one page per code, from the register.

export function errorPages(entries, explainPage) {
  const areas = [...new Set(entries.map((entry) => entry.area))];
  const sections = areas.map((area) => {
    const rows = entries
      .filter((entry) => entry.area === area)
      .map((entry) => `| [${entry.code}](errors/${entry.code}.md) | ${entry.summary} |`);
    return [
      `## ${area[0].toUpperCase()}${area.slice(1)}`,
      '',
      '| code | summary |',
      '|---|---|',
      ...rows,
    ].join('\n');
  });
  const index = [
    '# Error codes',
    'Every message of jm2 carries a code that never changes its meaning. `jm2 explain CODE` prints the page of a code. This list is made from the register in `src/core/diagnostics` by `npm run generate`.',
    ...sections,
  ].join('\n\n');
  return [
    ['docs/errors.md', `${index}\n`],
    ...entries.map((entry) => [`docs/errors/${entry.code}.md`, explainPage(entry)]),
  ];
}
