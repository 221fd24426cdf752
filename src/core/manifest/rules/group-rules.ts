// Rules about groups: a job may join only one that the manifest has.
import { nearestWord } from '../nearest-word.ts';
import { fieldPhrase, segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

const namesShown = 8;

export function checkGroups(manifest: SoundManifest, reporter: Reporter): void {
  const names = manifest.groupNames;
  const known = new Set(names);
  const check = (group: string | undefined, pointer: string): void => {
    if (group === undefined || known.has(group)) return;
    const near = nearestWord(group, names);
    const there =
      names.length === 0
        ? 'The manifest has no groups.'
        : `The groups are ${names.slice(0, namesShown).join(', ')}${names.length > namesShown ? ' and others' : ''}.`;
    reporter.report({
      code: 'JM2-M313',
      pointer,
      detail: `"${group}", given for ${fieldPhrase(pointer)}, is not among the groups of this manifest. ${there}`,
      label: 'no such group',
      mended: near === null ? null : { text: near },
      hint:
        near === null
          ? `Add it at the top of the manifest: \`groups: {${group}: {max: 1}}\`.`
          : `Did you mean ${near}?`,
    });
  };
  check(manifest.defaults.group, '/defaults/group');
  for (const { name, job } of manifest.jobs) check(job.group, `/jobs${segment(name)}/group`);
}
