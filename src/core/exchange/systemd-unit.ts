// A unit file of systemd by section and key, and the words of its commands.
import { shellWord } from './shell-words.ts';

export interface Unit {
  /** The value in force; null when nothing is said. */
  last(section: string, key: string): string | null;
  /** All values, without those that an empty one took back. */
  all(section: string, key: string): readonly string[];
  /** `Section.Key`, each once. */
  keys(): readonly string[];
}

export function readUnit(text: string): Unit {
  const values = new Map<string, string[]>();
  let section = '';
  // A backslash at the end of a line goes on with the next one.
  for (const line of text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content)) continue;
    const header = /^\[(.+)\]$/.exec(content)?.[1];
    if (header !== undefined) {
      section = header;
      continue;
    }
    const at = content.indexOf('=');
    if (at < 1) continue;
    const key = `${section}.${content.slice(0, at).trim()}`;
    const value = content.slice(at + 1).trim();
    values.set(key, value === '' ? [] : [...(values.get(key) ?? []), value]);
  }
  const all = (name: string, key: string): readonly string[] => values.get(`${name}.${key}`) ?? [];
  return {
    all,
    last: (name, key) => all(name, key).at(-1) ?? null,
    keys: () => [...values].filter(([, list]) => list.length > 0).map(([key]) => key),
  };
}

/** Above each unit where several stand in one text, as `systemctl cat` writes them. */
const heading = /^# (?:.*\/)?([^/\s]+\.(?:timer|service))$/;

/** The units in a text; without headings it is one, of the name given. */
export function splitUnits(name: string, text: string): { name: string; text: string }[] {
  const units: { name: string; lines: string[] }[] = [{ name, lines: [] }];
  for (const line of text.split(/\r?\n/)) {
    const found = heading.exec(line)?.[1];
    if (found === undefined) units.at(-1)!.lines.push(line);
    else units.push({ name: found, lines: [] });
  }
  return units
    .filter(({ lines }, at) => at > 0 || units.length === 1 || lines.some((line) => line !== ''))
    .map((unit) => ({ name: unit.name, text: unit.lines.join('\n') }));
}

export interface ExecLine {
  readonly words: readonly string[];
  /** The same for a shell. */
  readonly shell: string;
  /** A hyphen in front: its failure does not count. */
  readonly mayFail: boolean;
  readonly hasVariables: boolean;
}

/** A sentence where it cannot be carried over. */
export function splitExec(text: string): ExecLine | string {
  const prefixes = /^[-@:+!|]*/.exec(text)![0];
  const rest = text.slice(prefixes.length);
  if (/[@+!|]/.test(prefixes)) return `"${text}": what its prefix asks for cannot be done here`;
  const words: string[] = [];
  for (const [word] of rest.matchAll(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g)) {
    words.push(
      word.replaceAll(
        /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'/g,
        (_, double?: string, single?: string) => (double ?? single)!,
      ),
    );
  }
  if (/\\[^\s"'\\$ntrs]/.test(rest.replaceAll('\\\\', '')))
    return `"${text}": its backslashes cannot be carried over`;
  const specifier = words.find((word) => /%[^%]/.test(word.replaceAll('%%', '')));
  if (specifier !== undefined) return `"${specifier}": only systemd knows what its % stands for`;
  const plain = words.map((word) => word.replaceAll('%%', '%').replaceAll(/\\(.)/g, unescaped));
  const isVariable = (word: string): boolean =>
    !prefixes.includes(':') && /\$\{?\w/.test(word.replaceAll('$$', ''));
  return {
    words: plain.map((word) => word.replaceAll('$$', '$')),
    shell: plain
      .map((word) => (isVariable(word) ? inShell(word) : shellWord(word.replaceAll('$$', '$'))))
      .join(' '),
    mayFail: prefixes.includes('-'),
    hasVariables: plain.some(isVariable),
  };
}

/** `$NAME` alone is split into words, `${NAME}` never is. */
function inShell(word: string): string {
  if (/^\$\w+$/.test(word)) return word;
  const quoted = word.replaceAll(/["\\`]/g, '\\$&').replaceAll('$$', '\\$');
  return `"${quoted}"`;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ' };

function unescaped(_: string, letter: string): string {
  return escapes[letter] ?? letter;
}
