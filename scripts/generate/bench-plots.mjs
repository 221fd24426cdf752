// The plots of docs/performance.md, drawn from `bench/results.json`: how jm2
// stands beside each alternative, and what the number of jobs costs.

const width = 860;
const font = 'font-family="system-ui, sans-serif" font-size="12"';
const colours = ['#1f6feb', '#bf5700', '#1a7f37', '#8250df', '#6e7781', '#cf222e'];

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const rounded = (value) => Math.round(value * 10) / 10;

function picture(height, title, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" ${font}>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

const text = (x, y, words, more = '') =>
  `<text x="${rounded(x)}" y="${rounded(y)}" fill="#1f2328" ${more}>${escaped(words)}</text>`;
const line = (x1, y1, x2, y2, more) =>
  `<line x1="${rounded(x1)}" y1="${rounded(y1)}" x2="${rounded(x2)}" y2="${rounded(y2)}" ${more}/>`;

/** Bars on a logarithmic scale: at 1 jm2 takes what stands beside it takes. */
function ratios(rows) {
  const shown = rows
    .filter(({ ratio, jobs }) => ratio > 0 && jobs === undefined)
    // A rate is better the higher it is: what one run takes is shown.
    .map(({ measure, ratio }) => ({
      measure: measure.replace('runs per second', 'runs: time of one'),
      ratio: measure.includes('per second') ? 1 / ratio : ratio,
    }));
  const left = 300;
  const right = width - 70;
  const logs = shown.map(({ ratio }) => Math.log10(ratio));
  const low = Math.floor(Math.min(-1, ...logs));
  const high = Math.ceil(Math.max(1, ...logs));
  const x = (log) => left + ((log - low) / (high - low)) * (right - left);
  const parts = [text(16, 24, 'jm2 beside each alternative: 1 is the same', 'font-weight="600"')];
  const bottom = 46 + shown.length * 22;
  for (let log = low; log <= high; log += 1) {
    const strong = log === 0 ? 'stroke="#57606a" stroke-width="1.5"' : 'stroke="#d0d7de"';
    parts.push(line(x(log), 38, x(log), bottom, strong));
    parts.push(text(x(log), bottom + 16, `${10 ** log}x`, 'text-anchor="middle"'));
  }
  shown.forEach(({ measure, ratio }, at) => {
    const y = 44 + at * 22;
    const [from, to] = [x(0), x(Math.log10(ratio))].toSorted((a, b) => a - b);
    parts.push(text(left - 8, y + 12, measure.trim(), 'text-anchor="end"'));
    parts.push(
      `<rect x="${rounded(from)}" y="${y}" width="${rounded(Math.max(1, to - from))}" height="15" fill="${colours[0]}"/>`,
    );
    parts.push(text(to + 5, y + 12, String(Number(ratio.toPrecision(ratio < 1 ? 2 : 3)))));
  });
  return picture(bottom + 30, 'jm2 beside each alternative', parts);
}

/** Measures in ms, by what comes before or behind the number of jobs in their names. */
const series = {
  validate: /^validate,/,
  plan: /^plan,/,
  'preview of a day': /^preview of a day,/,
  start: /^daemon of .*: start$/,
  'save to in force': /save to in force$/,
};

function sizes(rows) {
  const curves = Object.entries(series)
    .map(([name, pattern]) => ({
      name,
      points: rows
        .filter(({ measure, jobs, value }) => jobs > 0 && value > 0 && pattern.test(measure))
        .map(({ jobs, value }) => [Math.log10(jobs), Math.log10(value)])
        .toSorted((a, b) => a[0] - b[0]),
    }))
    .filter(({ points }) => points.length > 1);
  if (curves.length === 0) return null;
  const all = curves.flatMap(({ points }) => points);
  const [low, high] = [
    Math.floor(Math.min(...all.map(([, y]) => y))),
    Math.ceil(Math.max(...all.map(([, y]) => y))),
  ];
  const jobsHigh = Math.ceil(Math.max(...all.map(([jobs]) => jobs)));
  const [left, right, top, bottom] = [80, width - 170, 44, 380];
  const x = (log) => left + (log / jobsHigh) * (right - left);
  const y = (log) => bottom - ((log - low) / (high - low)) * (bottom - top);
  const parts = [text(16, 24, 'What the number of jobs costs', 'font-weight="600"')];
  for (let log = 0; log <= jobsHigh; log += 1) {
    parts.push(line(x(log), top, x(log), bottom, 'stroke="#d0d7de"'));
    parts.push(
      text(x(log), bottom + 18, (10 ** log).toLocaleString('en-US'), 'text-anchor="middle"'),
    );
  }
  for (let log = low; log <= high; log += 1) {
    parts.push(line(left, y(log), right, y(log), 'stroke="#d0d7de"'));
    const label = log >= 3 ? `${10 ** (log - 3)} s` : `${10 ** log} ms`;
    parts.push(text(left - 8, y(log) + 4, label, 'text-anchor="end"'));
  }
  parts.push(text((left + right) / 2, bottom + 38, 'jobs', 'text-anchor="middle"'));
  // Names stand at the ends of their curves, pushed apart where these meet.
  let above = -Infinity;
  const ends = curves
    .map(({ name, points }, at) => ({ name, at, points, end: y(points.at(-1)[1]) }))
    .toSorted((a, b) => a.end - b.end);
  for (const { name, at, points, end } of ends) {
    const drawn = points.map(([jobs, value]) => `${rounded(x(jobs))},${rounded(y(value))}`);
    const colour = colours[at % colours.length];
    parts.push(
      `<polyline points="${drawn.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    );
    for (const point of drawn) {
      const [cx, cy] = point.split(',');
      parts.push(`<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`);
    }
    above = Math.max(end + 4, above + 15);
    parts.push(text(right + 10, above, name, `style="fill:${colour}"`));
  }
  return picture(bottom + 50, 'What the number of jobs costs', parts);
}

/** Path to content; a plot whose rows were not measured is not among them. */
export function benchPlots({ rows }) {
  const plots = [
    ['docs/performance/ratios.svg', ratios(rows)],
    ['docs/performance/sizes.svg', sizes(rows)],
  ];
  return plots.filter(([, content]) => content !== null);
}
