// Looks for everything that is wrong, with and without a daemon.
import { homedir } from 'node:os';
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Diagnosis } from '../../core/doctor/diagnose.ts';
import type { Locations } from '../../settings/locations.ts';
import type { Repair } from '../../daemon/doctor/repair.ts';
import type { DoctorView } from '../answers/doctor-shapes.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { confirmed } from '../confirm.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { withProgress } from '../progress.ts';
import { wrongArguments } from '../usage-errors.ts';
import { diagnosisText, fixLines } from '../views/diagnosis.ts';

export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  summary: 'Look for what is wrong, and say what to do',
  description:
    'Looks at settings, manifest, rights, daemon, store, disk, clock, time-zone data, at what each job needs to start, at schedules, and at what the past of the jobs tells. Every finding is critical, major or minor and has a remedy. Works without a daemon and with a damaged store, and changes nothing without --fix. Ends with 1 when something critical or major was found. --verbose shows what was found in order, too.',
  arguments: [],
  options: [
    {
      flags: '--fix',
      description: 'put right what can be without a loss: rights of files, leftovers of a daemon',
    },
    { flags: '--dry-run', description: '--fix: say what would be done, and do nothing' },
    { flags: '-y, --yes', description: '--fix: do not ask' },
    { flags: '-f, --force', description: 'the same as --yes', hidden: true },
  ],
  examples: [
    { command: 'jm2 doctor', meaning: 'what is wrong here?' },
    { command: 'jm2 doctor --fix', meaning: 'put right what is safe to' },
    { command: 'jm2 doctor --fix --dry-run', meaning: 'what would be put right?' },
    { command: 'jm2 doctor --json', meaning: 'for monitoring' },
  ],
  run: doctor,
};

async function doctor(context: Context, input: Input): Promise<Answer> {
  const isUnasked = input.flag('yes') || input.flag('force');
  if (isUnasked && !input.flag('fix')) {
    throw wrongArguments('--yes answers a question of --fix.', 'jm2 doctor --fix --yes');
  }
  const isTried = input.flag('dryRun');
  if (isTried && !input.flag('fix')) {
    throw wrongArguments('Without --fix nothing is done.', 'jm2 doctor --fix --dry-run');
  }
  const first = await withProgress(context, 'looking', () => diagnoseHere(context), {
    atOnce: true,
  });
  if (!input.flag('fix') || first.places === null) return answer(context, first.diagnosis, []);
  const fixable = first.diagnosis.findings.filter(({ fix }) => fix !== null);
  if (fixable.length === 0) {
    context.output.note('There is nothing that --fix could put right.');
    return answer(context, first.diagnosis, [], isTried ? { wouldFix: [] } : {});
  }
  if (isTried) {
    context.output.note(`Would be done:\n${fixLines(fixable)}\n`);
    const wouldFix = fixable.map(({ code, remedy }) => ({ code, detail: remedy ?? '' }));
    return answer(context, first.diagnosis, [], { wouldFix });
  }
  if (!isUnasked) {
    context.output.note(fixLines(fixable));
    await confirmed(context, 'Do this?', view(first.diagnosis, []));
  }
  const { repair } = await import('../../daemon/doctor/repair.ts');
  const repairs = await repair(first.places, fixable);
  return answer(context, (await diagnoseHere(context)).diagnosis, repairs);
}

interface Here {
  readonly diagnosis: Diagnosis;
  readonly places: Locations | null;
}

async function diagnoseHere(context: Context): Promise<Here> {
  const { examine } = await import('../../daemon/doctor/examine.ts');
  const { problems } = await context.inspectSettings();
  const settingsProblems = problems.map(({ source, key, problem }) =>
    [source, key, problem].filter((part) => part !== '').join(': '),
  );
  let places: Locations | null = null;
  let missing: string | null = null;
  if (problems.length === 0) {
    try {
      places = await context.locations();
    } catch (error) {
      if (!(error instanceof Jm2Error) || error.code !== 'JM2-M001') throw error;
      missing = error.detail;
    }
  }
  const { findSettingsFiles } = await import('../../settings/settings-files.ts');
  const files = await findSettingsFiles(context.cwd, homedir());
  const diagnosis = await examine({
    version: context.version,
    settingsProblems: { ok: true, value: settingsProblems },
    place: places === null ? null : { places, settings: (await context.settings()).settings },
    missing,
    settingsFile: files.inForce?.path ?? null,
    askStatus: async () => (await context.daemon()).status(),
  });
  return { diagnosis, places };
}

function view({ findings, ...rest }: Diagnosis, repairs: readonly Repair[]): DoctorView {
  return {
    ...rest,
    findings: findings.map(({ fix, ...finding }) => ({ ...finding, fixable: fix !== null })),
    repairs,
  };
}

function answer(
  context: Context,
  diagnosis: Diagnosis,
  repairs: readonly Repair[],
  tried: Pick<DoctorView, 'wouldFix'> = {},
): Answer {
  const { critical, major } = diagnosis.summary;
  const isAll = context.verbose;
  const base: Answer = {
    data: { ...view(diagnosis, repairs), ...tried },
    text: (terminal) => diagnosisText({ diagnosis, repairs, isAll }, terminal),
  };
  if (diagnosis.healthy) return base;
  const detail = `${critical} critical and ${major} major findings.`;
  return { ...base, error: operationalError('JM2-C108', { detail }).toBody() };
}
