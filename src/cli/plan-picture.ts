// Writes pictures of the coming week: of a plan, before and after, and of a preview.
import { resolve } from 'node:path';
import { replaceFile } from '../system/replace-file.ts';
import type { ChangeView, PlanView } from '../api/plan-views.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Context } from './context.ts';
import { localTime } from './views/times.ts';
import { weekSvg, type WeekPicture } from './views/week-svg.ts';

/** Throws JM2-C107 when the file cannot be written. */
export async function drawPlan(
  context: Context,
  file: string,
  plan: PlanView,
  shown: { readonly source: string; readonly against?: string },
): Promise<void> {
  if (plan.week === undefined) return;
  const { zone } = plan.week;
  const { create, update, rename, delete: removed, unchanged } = plan.summary;
  const against = shown.against ?? `revision ${plan.basis.revision}`;
  await writePicture(context, file, {
    title: `${shown.source} against ${against}`,
    subtitle: `${create} to create, ${update} to update, ${rename} to rename, ${removed} to delete, ${unchanged} unchanged; as of ${localTime(Date.parse(plan.at), zone)}`,
    grid: plan.week,
    notes: worstFirst(plan.changes).map((change) => noteOf(change, zone)),
  });
}

export async function writePicture(
  context: Context,
  file: string,
  picture: WeekPicture,
): Promise<void> {
  const path = resolve(context.cwd, file);
  try {
    await replaceFile(path, weekSvg(picture));
  } catch (error) {
    throw operationalError('JM2-C107', {
      detail: `${context.shownPath(path)} cannot be written: ${(error as Error).message}.`,
      cause: error,
    });
  }
}

const ranks = { high: 0, medium: 1, low: 2 };

/** Of many changes a picture has room for some: first those that may do harm. */
function worstFirst(changes: readonly ChangeView[]): ChangeView[] {
  const worst = ({ hazards }: ChangeView): number =>
    Math.min(...hazards.map(({ severity }) => ranks[severity]), ranks.low + 1);
  return changes.toSorted((a, b) => worst(a) - worst(b));
}

function noteOf(
  { job, action, previousName, scheduleInWords, hazards }: ChangeView,
  zone: string,
): [string, ...string[]] {
  const name = previousName === null ? job : `${job} ← ${previousName}`;
  const { before = null, after = null } = scheduleInWords ?? {};
  const words =
    action === 'create'
      ? [after ?? 'only by hand']
      : action === 'delete' || scheduleInWords === null
        ? []
        : [`${before ?? 'never'} → ${after ?? 'never'}`];
  return [
    `${action} ${name}`,
    // The zone of the whole picture stands below its grid.
    ...words.map((text) => text.replaceAll(` (${zone})`, '')),
    ...hazards.map(({ code, detail }) => `! ${code}: ${detail}`),
  ];
}
