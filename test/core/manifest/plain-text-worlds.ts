// Texts for holding the quick reader to the YAML library: manifests put together of
// pieces that are common, and of pieces that are not, then damaged a little.
type Random = () => number;

/** Mulberry32: the same texts for the same seed, on every machine. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Each is a value by itself, behind a colon. */
const common = [
  '30m',
  'nightly',
  '"0 3 * * *"',
  "'it''s'",
  '5',
  '-5',
  '0',
  'true',
  'false',
  'null',
  'True',
  'FALSE',
  'Null',
  './work.sh --part 7',
  'pg_dump shop | gzip > "$DIR/x.gz"',
  'a:b',
  'a#b',
  'a  # remark',
  '--max',
  '-a',
  '"a\\nb"',
  '"say \\"x\\""',
  '"\\\\"',
  "''",
  '""',
  '"a: b # c"',
  "'[x]'",
  '[a, b]',
  '[a, "b", 5]',
  '[]',
  '{}',
  '[curl, -fsS, https://example.org/x, "5"]',
  '{limit: 3, delay: 30s}',
  '{a: 1, b: [x, y]}',
  '[[1], [2, [3]]]',
  '{cron: "0 9 * * *", timezone: Europe/Berlin}',
  'Ünïcode ☃',
  '☃',
  'a ',
  'x,y',
  'a [b] {c}',
  'it\'s "so"',
  '[ a , b ]',
  '[a b, c]',
  "{a: 'x'}",
  'every 30s',
  '@daily\u2028',
  'x\u00a0',
  '1.5.2',
  '5 minutes',
  'TRUE ',
  '"a" # remark',
].filter((text) => !text.startsWith('@'));
/** Values of other kinds, and none. */
const odd = [
  '-0',
  '007',
  '0o14',
  '0x1f',
  '1e3',
  '1.5',
  '.5',
  '5.',
  '+3',
  '.inf',
  '-.INF',
  '.nan',
  'no',
  'on',
  'y',
  '~',
  '',
  '12:30',
  '1_000',
  '2026-03-01',
  '2026-03-01T04:00:00Z',
  'a: b',
  'a:',
  ':a',
  '#a',
  'a #b',
  '-',
  '- a',
  '--',
  '---',
  '...',
  '?',
  '? a',
  '?a',
  '@daily',
  '"@daily"',
  '&x',
  '&x 1',
  '*x',
  '!!str 5',
  '!a b',
  '|',
  '|-',
  '>',
  '>-',
  '|+',
  '|2',
  '| # remark',
  '%a',
  '`a`',
  '"a\\x41"',
  '"a\\u0041"',
  '"a',
  "'a",
  '"a" b',
  '"a"# remark',
  '[ ]',
  '[a, ]',
  '[,]',
  '[a: b]',
  '[a',
  'a]',
  '{ }',
  '{a}',
  '{a: }',
  '{a: 1, a: 2}',
  '{"a": 1}',
  '{"a":1}',
  '{a:1}',
  '{a: "x, y"}',
  '{a: b: c}',
  '{u: https://example.org}',
  '[a#b]',
  '[a #b]',
  '[-a, - b]',
  '[-]',
  '\u00a0x\u00a0',
  'x\u2028',
  'a\tb',
  '\ta',
  '<<',
  '123abc',
  '1e',
  '0b1',
  'a\\b',
  '[*x]',
  '{<<: {a: 1}}',
  "[ 'a' , 'b' ]",
  '[a,b]',
  '[1,2]',
  '-1',
  '[-1, +2]',
  '9007199254740993',
  '[true, null, ~]',
  '[12:30]',
  '[a\u0085b]',
  '"\\/"',
  '"\\b"',
  '"\\ "',
  '"a\\',
  '{a: [1, 2}',
  '{? a : b}',
  '[{a: 1}, {b: 2}]',
  '{a: {b: {c: d}}}',
  '"x":',
  "'x': y",
  '[a]: b',
  '{a}: b',
  '1,2',
  'a,',
  ',a',
  '=',
  '<',
  'NULL',
  '"\\u0000"',
  '"\\ud800"',
  '[a:b]',
  '[a:,b]',
  '{a: b:}',
  '[a: ]',
  '{a: -}',
  '{a: ?b}',
  '[:a]',
  '{ab: c, d: e }',
  '.',
  '..',
  '-.',
  '-x-',
  '1-2',
  '1:2:3',
  '12e',
  '0.',
  '+',
  '+a',
  '-+',
  '5e5',
  '5E-5',
  '0x',
  '0o',
  '0o8',
  '00',
  '-00',
  '1 2',
];
const oddKeys = [
  'a',
  'b',
  'c',
  'env',
  'jobs',
  'job-1',
  'schedule',
  'command',
  '5',
  '"q"',
  "'s'",
  '"q r"',
  'a b',
  '<<',
  '__proto__',
  'constructor',
  '-',
  'null',
  'true',
  '~',
  'x:y',
  'a.b/c',
  '? k',
  '&k a',
  '☃',
  '"\\u0061"',
  'toString',
  '0-x',
];

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

interface World {
  readonly random: Random;
  /** Share of pieces that are odd. */
  readonly oddness: number;
  readonly lines: string[];
}

/** A block of lines at an indentation: a map mostly, or a list. */
function block(world: World, indent: number, depth: number): void {
  const { random, oddness, lines } = world;
  const isOdd = () => random() < oddness;
  const blanks = ' '.repeat(indent);
  const isList = depth > 2 && random() < 0.3;
  const count = 1 + Math.floor(random() * 4);
  for (let i = 0; i < count; i += 1) {
    if (random() < 0.08) {
      lines.push(
        pick(random, ['', '  ', '# remark', `${blanks}# remark`, `${blanks}  # remark`, '#']),
      );
    }
    const scalar = isOdd() ? pick(random, odd) : pick(random, common);
    if (isList && random() < 0.3) {
      const deeper = isOdd() ? pick(random, ['', ' ', '    ']) : '  ';
      lines.push(`${blanks}- a: ${scalar}`, `${blanks}${deeper}b: ${pick(random, common)}`);
      if (random() < 0.3) lines.push(`${blanks}  c:`, `${blanks}  ${isOdd() ? '' : '  '}d: 1`);
      continue;
    }
    if (isList) {
      lines.push(`${blanks}- ${scalar}`);
      continue;
    }
    const key = isOdd() ? pick(random, oddKeys) : `${pick(random, ['k', 'step-', 'A_'])}${i}`;
    const choice = random();
    if (choice < 0.25 && depth < 5) {
      lines.push(`${blanks}${key}:${random() < 0.1 ? ' # remark' : ''}`);
      block(world, indent + (isOdd() ? pick(random, [1, 0, 5]) : pick(random, [2, 4])), depth + 1);
    } else if (choice < 0.35) {
      text(world, `${blanks}${key}`, indent);
    } else if (isOdd()) {
      lines.push(`${blanks}${key}: ${scalar}`, `${blanks}  ${pick(random, [...common, ...odd])}`);
    } else {
      lines.push(`${blanks}${key}: ${scalar}`);
    }
  }
}

/** Lines below a bar, or below an angle. */
function text({ random, oddness, lines }: World, key: string, indent: number): void {
  const isOdd = random() < oddness;
  const inner = ' '.repeat(indent + (isOdd ? pick(random, [1, 0, 4]) : 2));
  lines.push(
    `${key}: ${pick(random, isOdd ? ['>', '>-', '|+', '|2', '| # remark', '|- '] : ['|', '|-', '>', '>-'])}`,
  );
  for (let i = Math.floor(random() * 5); i >= 0; i -= 1) {
    const line = pick(random, [
      'echo one',
      '',
      '  echo two',
      '# no remark',
      'x: y',
      '- a',
      '"',
      isOdd ? '\tx' : 'x',
    ]);
    lines.push(
      line === ''
        ? pick(random, ['', ...(random() < 0.1 || isOdd ? [`${inner}  `, inner] : [])])
        : inner + line,
    );
  }
}

/** Whole manifests, some of them broken. */
export function textOf(random: Random): string {
  const lines: string[] = random() < 0.1 ? ['---'] : [];
  const world = { random, oddness: pick(random, [0, 0, 0.03, 0.1]), lines };
  lines.push('version: 1');
  if (random() < 0.3) block(world, 0, 0);
  lines.push('jobs:');
  for (let i = 0; i < 3; i += 1) {
    lines.push(`  job-${i}:`);
    block(world, 4, 2);
  }
  if (random() < 0.2) lines.push('env:', '  A: x');
  if (random() < 0.1) lines.push('...');
  return lines.join('\n') + (random() < 0.8 ? '\n' : '');
}

const snippets = [
  ' ',
  '  ',
  '\n',
  ':',
  ': ',
  '#',
  ' #',
  '- ',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ',',
  '|',
  '>',
  '&a',
  '*a',
  '!',
  '%',
  '\t',
  '\\',
  '...',
  '---',
  '\r\n',
  '?',
  '~',
  '0',
  '\n\n',
  '\ufeff',
];

/** One to three characters or lines of it changed. */
export function damaged(random: Random, text: string): string {
  let result = text;
  for (let i = 1 + Math.floor(random() * 3); i > 0; i -= 1) {
    const at = Math.floor(random() * (result.length + 1));
    const choice = random();
    if (choice < 0.4) result = result.slice(0, at) + pick(random, snippets) + result.slice(at);
    else if (choice < 0.7)
      result = result.slice(0, at) + result.slice(at + 1 + Math.floor(random() * 3));
    else {
      const lines = result.split('\n');
      const row = Math.floor(random() * lines.length);
      if (random() < 0.5) lines.splice(row, 1);
      else lines.splice(row, 0, pick(random, lines));
      result = lines.join('\n');
    }
  }
  return result;
}
