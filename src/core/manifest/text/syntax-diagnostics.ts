// What the YAML parser complains about, said in terms of what people meant: most
// syntax errors of a manifest are a value that needs quotes, a tab, or an
// indentation that slipped.
import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/registry.ts';
import type { Positions } from './positions.ts';

// Errors further down are mostly consequences of the first ones.
const shownMax = 20;
const kept = 'The last good revision, if any, stays in force.';

interface Line {
  readonly start: number;
  readonly text: string;
}

function lineAt(text: string, offset: number): Line {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { start, text: text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '') };
}

interface PlainValue {
  readonly start: number;
  readonly text: string;
}

/** The unquoted value behind `key: ` or `- ` on a line. */
function plainValue(line: Line): PlainValue | null {
  const found = /^(\s*(?:- +)*(?:[^\s:#"'[\]{}]+\s*: +)?)(\S.*?)\s*$/.exec(line.text);
  if (found === null) return null;
  const [, lead = '', value = ''] = found;
  if (lead.trim() === '') return null;
  return { start: line.start + lead.length, text: value.replace(/\s+#.*$/, '') };
}

const reserved: Readonly<Record<string, string>> = {
  '*': 'begins an alias',
  '&': 'begins an anchor',
  '@': 'is reserved in YAML',
  '`': 'is reserved in YAML',
  '%': 'begins a directive',
  '!': 'begins a tag',
  '|': 'begins a block of text',
  '>': 'begins a block of text',
};

function quoted(value: string): string {
  return value.includes('"') || value.includes('\\')
    ? `'${value.replaceAll("'", "''")}'`
    : `"${value}"`;
}

/** The value that should be in quotes, when that is the cause of the error. */
function unquoted(error: YAMLError, text: string, isMultiline: boolean): PlainValue | null {
  const value = plainValue(lineAt(text, error.pos[0]));
  if (value === null) return null;
  if (reserved[value.text.charAt(0)] !== undefined) return value;
  const isNestedMap = error.code === 'BLOCK_AS_IMPLICIT_KEY' && !isMultiline;
  return isNestedMap && /:(\s|$)/.test(value.text) ? value : null;
}

function needsQuotes(value: PlainValue, positions: Positions, file: string): Diagnostic {
  const first = value.text.charAt(0);
  const why = reserved[first];
  const range = positions.range(value.start, value.start + value.text.length);
  return diagnostic('JM2-M113', {
    file,
    detail:
      why === undefined
        ? `A colon followed by a space begins a map, also within a value. ${kept}`
        : `An unquoted ${first} ${why}. ${kept}`,
    range,
    label: 'quote the value',
    hint: `Write ${quoted(value.text)}`,
    fix: { range, text: quoted(value.text) },
  });
}

const phrases: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_INDENT: 'The indentation fits no line above, or a bracket is not closed.',
  BAD_DQ_ESCAPE:
    'Between double quotes a backslash begins an escape, and this is none; in single quotes it stands for itself.',
  MULTILINE_IMPLICIT_KEY: 'A key stands on one line; perhaps a colon is missing behind a word.',
  BLOCK_AS_IMPLICIT_KEY: 'The next line is indented deeper than a value on the same line allows.',
  BLOCK_IN_FLOW: 'Between brackets no block of text and no indented list can stand.',
  KEY_OVER_1024_CHARS: 'A key may have 1,024 characters; perhaps a quote is missing.',
  MULTIPLE_ANCHORS: 'A value has one anchor at most.',
};

function phraseOf(error: YAMLError): string {
  const known = phrases[error.code];
  if (known !== undefined) return known;
  if (/closing .*quote/i.test(error.message)) return 'A closing quote is missing.';
  const words = error.message.split('\n')[0] ?? '';
  return `The parser says: ${words.slice(0, 200)}.`;
}

function translate(
  error: YAMLError,
  text: string,
  positions: Positions,
  file: string,
  multilineEnd: number | undefined,
): Diagnostic {
  const [start, end] = error.pos;
  const line = lineAt(text, start);
  const indent = /^\s*/.exec(line.text)?.[0] ?? '';
  if (error.code === 'TAB_AS_INDENT' || (error.code === 'BAD_INDENT' && indent.includes('\t'))) {
    const tab = line.start + Math.max(0, indent.indexOf('\t'));
    return diagnostic('JM2-M112', {
      file,
      detail: `YAML takes only spaces for indentation. ${kept}`,
      range: positions.range(tab, tab + 1),
      label: 'a tab',
    });
  }
  const value = unquoted(error, text, multilineEnd !== undefined);
  if (value !== null) return needsQuotes(value, positions, file);
  if (error.code === 'NON_STRING_KEY') {
    return diagnostic('JM2-M117', {
      file,
      detail: `A key of the manifest is a word. ${kept}`,
      range: positions.range(start, end),
    });
  }
  if (multilineEnd !== undefined && error.code === 'BLOCK_AS_IMPLICIT_KEY') {
    const next = lineAt(text, multilineEnd - 1);
    const key = next.start + next.text.length - next.text.trimStart().length;
    return diagnostic('JM2-M111', {
      file,
      detail: `This line is indented deeper than the one above, whose key has its value already. ${kept}`,
      range: positions.range(key, multilineEnd),
      label: 'indented too deep',
      hint: 'Indent the line like the key above it.',
    });
  }
  return diagnostic('JM2-M111', {
    file,
    detail: `${phraseOf(error)} ${kept}`,
    range: positions.range(start, end),
  });
}

/** One diagnostic per line at most, the first ones of the text. */
export function syntaxDiagnostics(
  errors: readonly YAMLError[],
  text: string,
  positions: Positions,
  file: string,
): Diagnostic[] {
  const multiline = new Map(
    errors.filter((error) => error.code === 'MULTILINE_IMPLICIT_KEY').map((error) => error.pos),
  );
  const byLine = new Map<number, Diagnostic>();
  for (const error of errors.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    if (error.code === 'MULTIPLE_DOCS') continue;
    const line = positions.at(error.pos[0]).line;
    if (byLine.has(line)) continue;
    if (byLine.size >= shownMax) break;
    byLine.set(line, translate(error, text, positions, file, multiline.get(error.pos[0])));
  }
  return [...byLine.values()];
}
