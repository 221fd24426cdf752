// Rules about commands.
import { segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

/** What systems allow for one argument. */
const commandBytesMax = 128 * 1024;

const shellWords: ReadonlySet<string> = new Set([
  '|',
  '||',
  '&&',
  ';',
  '&',
  '>',
  '>>',
  '<',
  '2>',
  '2>&1',
  '2>/dev/null',
]);

function bytesOf(text: string): number {
  // One UTF-16 unit has one to three bytes.
  if (text.length * 3 <= commandBytesMax || text.length > commandBytesMax) return text.length;
  return new TextEncoder().encode(text).length;
}

function checkArgv(argv: readonly string[], pointer: string, reporter: Reporter): void {
  const index = argv.findIndex((word) => shellWords.has(word));
  if (index === -1) return;
  reporter.report({
    code: 'JM2-M309',
    severity: 'warning',
    pointer: `${pointer}/${index}`,
    detail: `"${argv[index] ?? ''}" is handed to the program ${argv[0] ?? ''} as a plain argument.`,
    label: 'no shell reads this',
  });
}

export function checkCommands(manifest: SoundManifest, reporter: Reporter): void {
  for (const { name, job } of manifest.jobs) {
    const pointer = `/jobs${segment(name)}`;
    const { command } = job;
    if (command === undefined) continue;
    const words = typeof command === 'string' ? [command] : command;
    const bytes = words.reduce((sum, word) => sum + bytesOf(word), 0);
    if (bytes > commandBytesMax) {
      reporter.report({
        code: 'JM2-M308',
        pointer: `${pointer}/command`,
        atKey: true,
        detail: `The command of job "${name}" has more than ${commandBytesMax / 1024} KiB.`,
        label: 'too long',
      });
    }
    if (typeof command === 'string') continue;
    if ((command[0] ?? '').trim() === '') {
      reporter.report({
        code: 'JM2-M205',
        pointer: `${pointer}/command/0`,
        detail: `The first entry of the command of job "${name}" names the program, and this has no visible character.`,
        label: 'no program',
        hint: 'Write the program first, then its arguments.',
      });
      continue;
    }
    checkArgv(command, `${pointer}/command`, reporter);
    if (job.shell !== undefined) {
      reporter.report({
        code: 'JM2-M311',
        severity: 'warning',
        pointer: `${pointer}/shell`,
        detail: `The command of job "${name}" is a list and runs without a shell.`,
        label: 'no effect',
      });
    }
  }
}
