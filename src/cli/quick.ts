// What people, prompts and status bars ask all day, answered from one small file:
// finding and linking the modules of the program takes longer than such an answer.
// scripts/build.mjs leaves out of that file whatever an answer by a daemon does not
// need; where it is needed after all, and for every error, the program begins anew.
// main.ts says which commands: such as only read, and print their answer at once.
import { mainUnlessItFails } from './program.ts';

/** Ends the process, or answers false with nothing printed: ask the whole program then. */
export async function answerQuickly(args: readonly string[], version: string): Promise<boolean> {
  return mainUnlessItFails(args, version);
}
