// What a command works with, found out when first asked for: settings, the
// manifest's place, the daemon or, while none runs, the store read-only.
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { relative } from 'node:path';
import type { ReadService, Service } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { locationsFor } from '../settings/locations.ts';
import type { Locations } from '../settings/locations.ts';
import type { InspectedSettings, SettingsInput } from '../settings/load-settings.ts';
import type { LoadedSettings, Settings } from '../settings/settings.ts';
import { wrongArguments } from './usage-errors.ts';
import type { Output } from './output.ts';
import { clientOf, mayExist, readFrom, type Answered, type ReadFrom } from './read-from.ts';
import type { Terminal } from './terminal.ts';
import { actorOf } from './who.ts';

export interface Context {
  readonly output: Output;
  readonly terminal: Terminal;
  readonly version: string;
  readonly cwd: string;
  readonly verbose: boolean;
  /** Who asks, for records: `cli (alice)`. */
  readonly actor: string;
  /** Flags given to this command win over all other origins; to be called before `settings`. */
  useFlags(flags: Partial<Record<keyof Settings, string>>): void;
  settings(): Promise<LoadedSettings>;
  /** Values with what is wrong with them, for showing; throws for none. */
  inspectSettings(): Promise<InspectedSettings>;
  /**
   * Where the manifest and its state are. Throws JM2-M001 when there is no
   * manifest. `orUser`: the user manifest then, although it may not exist yet.
   */
  locations(options?: { readonly orUser?: boolean }): Promise<Locations>;
  /** The daemon; its calls throw JM2-D101 when it cannot be reached or does not answer. */
  daemon(): Promise<Service>;
  /**
   * Asks the daemon or, while none runs, the store. Throws JM2-D101 when one
   * runs and does not answer within seconds.
   */
  read<T>(ask: (service: ReadService) => Promise<T>): Promise<Answered<T>>;
  /** A path as people read it: relative to the working directory when it lies below. */
  shownPath(path: string): string;
}

export function createContext(input: {
  readonly output: Output;
  readonly terminal: Terminal;
  readonly version: string;
  readonly globals: Readonly<Record<string, unknown>>;
}): Context {
  const { output, terminal, version, globals } = input;
  const cwd = process.cwd();
  const flags: Partial<Record<keyof Settings, string>> = {};
  if (typeof globals['manifest'] === 'string') flags.manifest = globals['manifest'];
  if (typeof globals['stateDir'] === 'string') flags.stateDir = globals['stateDir'];
  if (flags.manifest === '') throw wrongArguments('--manifest names no file.', 'jm2 --help');
  const verbose = globals['verbose'] === true;
  let loaded: Promise<LoadedSettings> | null = null;
  let found: Promise<Locations> | null = null;
  let reader: Promise<ReadFrom> | null = null;

  const shownPath = (path: string): string => {
    const near = relative(cwd, path);
    return near !== '' && !near.startsWith('..') ? near : path;
  };
  const settingsInput = (): SettingsInput => ({
    flags,
    env: process.env,
    cwd,
    homeDir: homedir(),
  });
  const settings = (): Promise<LoadedSettings> => {
    loaded ??= import('../settings/load-settings.ts').then(({ loadSettings }) =>
      loadSettings(settingsInput()),
    );
    return loaded;
  };
  const locations: Context['locations'] = (options) => {
    found ??= settings().then(async (all) => {
      const place = await locate(all.settings, cwd, options?.orUser === true);
      if (verbose) {
        const used = [`manifest ${place.manifest}`, `state directory ${place.stateDir}`];
        output.note([...used, ...settingsFilesOf(all)].join('\n'));
      }
      return place;
    });
    return found;
  };
  const daemon = async (): Promise<Service> => clientOf(await locations());
  return {
    output,
    terminal,
    version,
    cwd,
    verbose,
    actor: actorOf(process.env, userName()),
    useFlags: (more) => {
      Object.assign(flags, more);
    },
    settings,
    inspectSettings: async () => {
      const { inspectSettings } = await import('../settings/load-settings.ts');
      return inspectSettings(settingsInput());
    },
    locations,
    daemon,
    async read(ask) {
      reader ??= locations().then((place) =>
        readFrom(place, async () => (await settings()).settings),
      );
      return (await reader)(ask);
    },
    shownPath,
  };
}

/** Those that gave a value. */
function settingsFilesOf({ values }: LoadedSettings): readonly string[] {
  const places = values.flatMap(({ origin, source }) =>
    origin === 'file' && source !== null ? [source.replace(/:\d+$/, '')] : [],
  );
  return [...new Set(places)].map((path) => `settings file ${path}`);
}

async function locate(settings: Settings, cwd: string, orUser: boolean): Promise<Locations> {
  const { discoverManifest, userManifestPath } = await import('../settings/discover-manifest.ts');
  const discovered = discoverManifest({ settings, cwd, homeDir: homedir() });
  if (discovered.found !== null && !discovered.isUserManifest) {
    const place = locationsFor(discovered.found, false, settings);
    // Named but absent: a slip of the pen, unless its state tells that it was here.
    if (!mayExist(place.manifest) && !mayExist(place.database)) {
      throw operationalError('JM2-M001', {
        detail: `${place.manifest} does not exist; it was named by --manifest, JM2_MANIFEST or a settings file.`,
        hint: 'Correct the name; jm2 config list --origin shows what gave it.',
      });
    }
    return place;
  }
  // A manifest may have vanished while its daemon goes on with the last good
  // revision: its state tells that it belonged here.
  const userPath = userManifestPath(settings);
  for (const path of discovered.lookedAt.filter((candidate) => candidate !== userPath)) {
    const place = locationsFor(path, false, settings);
    const evidence = discovered.found === null ? place.database : place.socket;
    if (settings.stateDir === null && existsSync(evidence)) return place;
  }
  if (discovered.found !== null || orUser) return locationsFor(userPath, true, settings);
  throw operationalError('JM2-M001', {
    detail: `Looked at\n${discovered.lookedAt.map((path) => `    ${path}`).join('\n')}`,
    hint: 'jm2 init',
  });
}

/** Who asks; behind sudo, the person and not root. */
function userName(): string {
  const behindSudo = process.getuid?.() === 0 ? process.env['SUDO_USER'] : undefined;
  if (behindSudo !== undefined && behindSudo !== '') return behindSudo;
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the user database still has a number.
    return String(process.getuid?.() ?? 'unknown');
  }
}
