// The grammar of files with variables (`env_file`): `NAME=value` in lines, with
// comments, `export` and quotes. Nothing is replaced in a value and nothing is
// run: a dollar sign is a dollar sign.

export type EnvFile =
  | { readonly ok: true; readonly variables: ReadonlyMap<string, string> }
  /** `line` from 1; `problem` never repeats a value. */
  | { readonly ok: false; readonly line: number; readonly problem: string };

/** More than these are no list of variables that somebody wrote. */
const variablesMax = 1_024;

const assignment = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*/;
const restOfLine = /^[ \t]*(?:#.*)?$/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A variable that is set twice has its last value. */
export function parseEnvFile(text: string): EnvFile {
  const variables = new Map<string, string>();
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const bad = (problem: string): EnvFile => ({ ok: false, line: at + 1, problem });
    const found = assignment.exec(line);
    const name = found?.[1];
    if (found === null || name === undefined) return bad('is not NAME=value');
    if (name.startsWith('JM2_')) return bad(`sets ${name}, and jm2 itself sets such names`);
    const rest = line.slice(found[0].length);
    const quote = rest[0];
    if (quote !== '"' && quote !== "'") {
      // A comment begins behind a blank: `a#b` is a value.
      variables.set(name, rest.replace(/(?:^|[ \t])#.*$/, '').trimEnd());
    } else {
      const quoted = readQuoted(lines, at, rest.slice(1), quote);
      if (quoted === null) return bad(`opens a quote for ${name} that is never closed`);
      at = quoted.line;
      if (!restOfLine.test(quoted.rest)) return bad(`has text behind the quoted value of ${name}`);
      variables.set(name, quoted.value);
    }
    if (variables.size > variablesMax)
      return bad(`is variable ${variablesMax + 1}; that is too many`);
  }
  return { ok: true, variables };
}

/** A quoted value may go on over lines. Null: it has no end. */
function readQuoted(
  lines: readonly string[],
  from: number,
  first: string,
  quote: '"' | "'",
): { readonly value: string; readonly line: number; readonly rest: string } | null {
  let value = '';
  for (let at = from; at < lines.length; at += 1) {
    const line = at === from ? first : (lines[at] ?? '');
    for (let i = 0; i < line.length; i += 1) {
      const character = line.charAt(i);
      if (character === quote) return { value, line: at, rest: line.slice(i + 1) };
      if (quote === '"' && character === '\\' && i + 1 < line.length) {
        i += 1;
        value += unescaped(line.charAt(i));
      } else {
        value += character;
      }
    }
    value += '\n';
  }
  return null;
}

/** In double quotes; an escape that means nothing stays as it is written. */
function unescaped(character: string): string {
  if (character === '"' || character === '\\' || character === '$') return character;
  return escapes[character] ?? `\\${character}`;
}
