// The word that an apply with --confirm-within waits for.
import type { CommandDefinition } from '../command.ts';

export const confirmCommand: CommandDefinition = {
  name: 'confirm',
  summary: 'Let stay what was applied with --confirm-within',
  description:
    'Without it, what was in force before comes back as a new revision when the time is over, also if no daemon ran by then. Ends with 4 when nothing waits for it, with 7 when it comes too late.',
  arguments: [],
  options: [],
  examples: [
    { command: 'jm2 confirm', meaning: 'what was applied stays' },
    {
      command: 'jm2 apply --confirm-within 10m && ./smoke-test.sh && jm2 confirm',
      meaning: 'a change that takes itself back when the test fails',
    },
  ],
  async run(context) {
    const daemon = await context.daemon();
    const confirmation = await daemon.confirm({ by: context.actor });
    return {
      data: { confirmation },
      confirmation: true,
      text: (terminal) =>
        `${terminal.style('green', 'confirmed')}: revision ${confirmation.revision} stays in force`,
    };
  },
};
