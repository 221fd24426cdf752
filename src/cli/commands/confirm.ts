// The word that an apply with --confirm-within waits for.
import type { CommandDefinition } from '../command.ts';
import { pauseReason } from '../pauses.ts';

export const confirmCommand: CommandDefinition = {
  name: 'confirm',
  summary: 'Let stay what was applied with --confirm-within',
  description:
    'Without it, what was in force before comes back as a new revision when the time is over, also if no daemon ran by then. Ends with 4 when nothing waits for it, with 7 when it comes too late.',
  arguments: [],
  options: [{ flags: '-r, --reason <text>', description: 'why it may stay, for the audit' }],
  examples: [
    { command: 'jm2 confirm', meaning: 'what was applied stays' },
    {
      command: 'jm2 apply --confirm-within 10m && ./smoke-test.sh && jm2 confirm',
      meaning: 'a change that takes itself back when the test fails',
    },
    { command: 'jm2 confirm --reason "first night went well"', meaning: 'and say why' },
  ],
  async run(context, input) {
    const reason = pauseReason(input);
    const daemon = await context.daemon();
    const confirmation = await daemon.confirm({
      by: context.actor,
      ...(reason === null ? {} : { reason }),
    });
    return {
      data: { confirmation },
      confirmation: true,
      text: (terminal) =>
        `${terminal.style('green', 'confirmed')}: revision ${confirmation.revision} stays in force`,
    };
  },
};
