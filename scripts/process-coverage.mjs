// Adds what whole processes executed to the coverage of the test runner, which
// sees only its own workers. The runner's statements stay the measure of what
// there is: here some of them turn from missed to executed, none comes or goes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Marks in `coverage` (file coverages by path, as Istanbul writes them) the
 * statements that a process executed which wrote to `folder`. Returns the number
 * of processes counted.
 */
export function addProcesses(coverage, folder) {
  const scripts = new Map();
  const reports = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of reports) {
    for (const { url, functions } of readReport(join(folder, name))) {
      if (!url.startsWith('file:')) continue;
      if (!scripts.has(url)) scripts.set(url, loadScript(fileURLToPath(url)));
      const script = scripts.get(url);
      if (script !== null) markExecuted(script, functions);
    }
  }
  const lines = segmentsByLine([...scripts.values()].filter((script) => script !== null));
  for (const file of Object.values(coverage)) {
    for (const [id, statement] of Object.entries(file.statementMap)) {
      if (file.s[id] === 0 && wasExecuted(lines.get(file.path), statement)) file.s[id] = 1;
    }
  }
  return reports.length;
}

/** A process that was killed while it wrote leaves a file cut short: nothing to count. */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).result;
  } catch {
    return [];
  }
}

/** The mapped places of a built file by rising offset; null when it has no source map. */
function loadScript(path) {
  if (!existsSync(`${path}.map`)) return null;
  const text = readFileSync(path, 'utf8');
  const map = JSON.parse(readFileSync(`${path}.map`, 'utf8'));
  const sources = map.sources.map((source) => resolve(dirname(path), source));
  const segments = [];
  let lineStart = 0;
  const last = { source: 0, line: 0, column: 0 };
  for (const line of map.mappings.split(';')) {
    let generatedColumn = 0;
    for (const code of line === '' ? [] : line.split(',')) {
      const [forward, source, originalLine, originalColumn] = decodeNumbers(code);
      generatedColumn += forward;
      if (source === undefined) continue;
      last.source += source;
      last.line += originalLine;
      last.column += originalColumn;
      segments.push({
        offset: lineStart + generatedColumn,
        source: sources[last.source],
        line: last.line + 1,
        column: last.column,
        executed: false,
      });
    }
    const end = text.indexOf('\n', lineStart);
    lineStart = end === -1 ? text.length : end + 1;
  }
  return segments;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Numbers as source maps write them: base 64, five bits a digit, the sign in the lowest bit. */
function decodeNumbers(code) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const digit of code) {
    const bits = digits.indexOf(digit);
    value += (bits & 31) * 2 ** shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value % 2 === 1 ? -Math.floor(value / 2) : value / 2);
    value = 0;
    shift = 0;
  }
  return numbers;
}

/** The count of a place is that of the innermost range around it; ranges nest. */
function markExecuted(segments, functions) {
  const ranges = functions
    .flatMap((called) => called.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const around = [];
  let next = 0;
  for (const segment of segments) {
    while (next < ranges.length && ranges[next].startOffset <= segment.offset) {
      leave(around, ranges[next].startOffset);
      around.push(ranges[next]);
      next += 1;
    }
    leave(around, segment.offset);
    if ((around.at(-1)?.count ?? 0) > 0) segment.executed = true;
  }
}

function leave(around, offset) {
  while (around.length > 0 && around.at(-1).endOffset <= offset) around.pop();
}

/** By source file, then by line. */
function segmentsByLine(scripts) {
  const files = new Map();
  for (const segment of scripts.flat()) {
    if (!files.has(segment.source)) files.set(segment.source, new Map());
    const lines = files.get(segment.source);
    if (!lines.has(segment.line)) lines.set(segment.line, []);
    lines.get(segment.line).push(segment);
  }
  return files;
}

/**
 * Judged by the first place that was built from the statement's first line. What
 * the build left out, or folded into another statement, has no such place and
 * stays missed: the figure may be too low, never too high.
 */
function wasExecuted(lines, { start, end }) {
  const within = (lines?.get(start.line) ?? []).filter(
    ({ column }) =>
      column >= start.column && (end.line > start.line || (end.column ?? Infinity) >= column),
  );
  const first = Math.min(...within.map(({ column }) => column));
  return within.some(({ column, executed }) => column === first && executed);
}
