// The file that an argument names, as an absolute path.
import { resolve } from 'node:path';
import { wrongArguments } from './usage-errors.ts';

/** An empty name would mean the working directory, which nobody means. */
export function namedFile(cwd: string, name: string): string {
  if (name === '') {
    throw wrongArguments('The name of the file is empty.', 'Is a variable of the shell unset?');
  }
  return resolve(cwd, name);
}
