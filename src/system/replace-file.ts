// Writes a file as a whole, by rename: a reader finds it old or new. What the system
// refuses is told of that file; the temporary one beside it is nobody's business.
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** Keeps mode and owner of a file that is there; `mode` is for one that is not. */
export async function replaceFile(
  path: string,
  content: string | Buffer,
  options: { readonly mode?: number } = {},
): Promise<void> {
  try {
    await writeFileAtomic(path, content, options);
  } catch (error) {
    throw ofTheFile(error as NodeJS.ErrnoException, path);
  }
}

function ofTheFile(error: NodeJS.ErrnoException, path: string): Error {
  const temporary = error.path ?? '';
  if (!temporary.startsWith(`${path}.`)) return error;
  const reason =
    error.code === 'EACCES' || error.code === 'EPERM'
      ? `this account may not write into ${dirname(path)}`
      : error.code === 'ENOENT'
        ? `there is no directory ${dirname(path)}`
        : error.message.replace(temporary, path);
  const { code, syscall } = error;
  return Object.assign(new Error(reason, { cause: error }), { code, syscall, path });
}
