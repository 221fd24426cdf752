// Words as a unit file of systemd takes them: quoted where they need it, with
// its specifiers and variables taken literally.

/** A word of a command line. */
export function execWord(text: string): string {
  return /^[\w@+=:,./-]+$/.test(text) ? text : quoted(text).replaceAll('$', '$$$$');
}

/** One `NAME=value` of `Environment=`, where a dollar sign means nothing. */
export function environmentWord(name: string, value: string): string {
  return quoted(`${name}=${value}`);
}

/** A path or another single value, which is taken as it stands to the end of the line. */
export function wholeValue(text: string): string {
  return text.replaceAll('%', '%%');
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
};

function quoted(text: string): string {
  const inner = text.replaceAll(/[\\"\n\t\r]/g, (found) => escapes[found] ?? found);
  return `"${inner.replaceAll('%', '%%')}"`;
}
