// Says of an apply with --confirm-when where runs cannot confirm it, or not in time.
import type { Context } from './context.ts';
import { unprovedWords } from './views/unproved.ts';

export async function noteUnproved(context: Context): Promise<void> {
  const daemon = await context.daemon();
  const { confirmation } = (await daemon.status()).sync;
  if (confirmation === null) return;
  if (confirmation.awaits.length === 0) {
    context.output.note('note: no run can confirm it, in spite of --confirm-when: jm2 confirm');
    return;
  }
  const { jobs } = await daemon.list();
  const words = unprovedWords(confirmation, jobs);
  if (words !== null) context.output.note(`note: ${words}`);
}
