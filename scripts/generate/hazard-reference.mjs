// docs/hazards.md, from the register of the hazards that a plan can name.

export function hazardReference(entries, hazardPage) {
  const rows = entries.map(
    ({ code, severities, summary }) =>
      `| [${code}](#${code}) | ${severities.join(', ')} | ${summary} |`,
  );
  const list = ['| code | severity | in short |', '|---|---|---|', ...rows].join('\n');
  const sections = entries.map(
    (entry) => `<a id="${entry.code}"></a>\n\n${hazardPage(entry, '##')}`,
  );
  const parts = [
    '# Hazards of a plan',
    'A hazard is what deserves a second look in a change. It names a fact, or a forecast from durations that were seen, and stops nothing by itself. `jm2 plan` shows each beside its change, `jm2 explain CODE` prints its section. This page is made from `src/core/plan/hazard-register.ts` by `npm run generate`.',
    list,
    ...sections,
  ];
  return `${parts.join('\n\n')}\n`;
}
