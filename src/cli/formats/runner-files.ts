// Writes reports: whole or not at all, beside the target and then in its place;
// and adds to the files that a GitHub runner names for summary and outputs.
import { appendFile, stat, writeFile } from 'node:fs/promises';
import { replaceFile } from '../../system/replace-file.ts';

/** What GitHub takes of one step. */
const summaryMaxBytes = 1024 * 1024;

export async function writeReport(path: string, content: string): Promise<void> {
  // A rename would put a file in the place of a device or a pipe.
  const isSpecial = await stat(path).then(
    (found) => !found.isFile() && !found.isDirectory(),
    () => false,
  );
  if (isSpecial) await writeFile(path, content);
  else await replaceFile(path, content);
}

/** `textWithin` makes the text no longer than so many bytes. */
export async function addSummary(
  path: string,
  textWithin: (maxBytes: number) => string,
): Promise<void> {
  const used = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const text = textWithin(summaryMaxBytes - used - 1);
  if (used + Buffer.byteLength(text) < summaryMaxBytes) await appendFile(path, text);
}

export async function addOutputs(path: string, lines: string): Promise<void> {
  await appendFile(path, lines);
}
