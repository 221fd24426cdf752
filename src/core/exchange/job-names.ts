// Names for jobs that were given none: from what the command runs, and unique.

/** Words before the program that say nothing about the job. */
const dull = new Set([
  'sudo',
  'env',
  'nice',
  'time',
  'exec',
  'cd',
  'sh',
  'bash',
  'python3',
  'python',
  'node',
  'npx',
  'npm',
  'run',
]);
/** `2>&1`, `>/dev/null`, `< list`: where output goes says little of what a job does. */
const redirection = /(?:\d|&)?(?:>>?|<)&?\s*[^\s;|&()<>]+/g;
const lengthMax = 40;

/** Never empty, always a legal name. */
export function nameFor(command: string | readonly string[]): string {
  const text =
    typeof command === 'string' ? command.replaceAll(redirection, ' ') : command.join(' ');
  const words = text
    .split(/[\s;|&()<>"'`$]+/)
    .filter((word) => word !== '' && !word.startsWith('-') && !/^\w+=/.test(word))
    .map(
      (word) =>
        word
          .split('/')
          .filter((part) => part !== '')
          .at(-1) ?? '',
    )
    .map((word) => word.toLowerCase().replace(/\.(sh|py|js|mjs|ts|rb|pl)$/, ''))
    .map((word) =>
      word.replaceAll(/[^a-z0-9._-]+/g, '-').replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, ''),
    )
    .filter((word) => word !== '');
  const telling = words.filter((word) => !dull.has(word));
  const name = (telling.length > 0 ? telling : words).slice(0, 2).join('-').slice(0, lengthMax);
  return name === '' ? 'job' : name.replace(/[^a-z0-9]+$/, '');
}

/** The name itself, or with the first number that makes it unique. */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name.toLowerCase())) return name;
  for (let number = 2; ; number += 1) {
    const numbered = `${name.slice(0, 63 - String(number).length - 1)}-${number}`;
    if (!taken.has(numbered.toLowerCase())) return numbered;
  }
}
