// Which service a call is about: of which manifest, in whose hands, and what its
// definition says. Nothing is asked of the service manager here.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { serviceName, type ServiceScope, type ServiceSpec } from '../../core/service/service.ts';
import { daemonCommand, memoryEnvironment } from '../../daemon/daemon-command.ts';
import { userManifestPath } from '../../settings/discover-manifest.ts';
import { locationsFor, type Locations } from '../../settings/locations.ts';
import { settingsSchema } from '../../settings/settings-schema.ts';
import type { LoadedSettings, Settings } from '../../settings/settings.ts';
import { findAccount, ownAccount, type Account } from '../../system/accounts.ts';
import { findTool } from '../../system/find-tool.ts';
import type { Context } from '../context.ts';
import { stopWithinMs } from '../daemon-end.ts';
import type { Input } from '../input.ts';
import { wrongArguments, wrongValue } from '../usage-errors.ts';
import { managerHere, type Manager } from './manager.ts';

export interface ServicePlace {
  readonly manager: Manager;
  readonly scope: ServiceScope;
  readonly name: string;
  readonly file: string;
  readonly place: Locations;
  readonly settings: Settings;
  /** Runs as another account than the one that asks. */
  readonly isForeign: boolean;
  readonly spec: ServiceSpec;
}

/** Without `--user` or `--system`, what is installed decides, and else the account that asks. */
export async function servicePlace(context: Context, input: Input): Promise<ServicePlace> {
  const asked = scopeOf(input);
  const own = ownAccount();
  const found = await context.locations({ orUser: true });
  const loaded = await context.settings();
  const manager = managerHere();
  const usual: ServiceScope = own.uid === 0 ? 'system' : 'user';
  const scopes: readonly ServiceScope[] =
    usual === 'system' ? ['system', 'user'] : ['user', 'system'];
  const name = nameOf(found);
  const scope = asked ?? scopes.find((one) => existsSync(manager.file(name, one))) ?? usual;
  const account = accountOf(input, scope, own);
  const isForeign = account.uid !== own.uid;
  const settings = isForeign ? settingsOf(account, loaded) : loaded.settings;
  const manifest = found.isUserManifest ? userManifestPath(settings) : found.manifest;
  const place = isForeign ? locationsFor(manifest, found.isUserManifest, settings) : found;
  return {
    manager,
    scope,
    name,
    file: manager.file(name, scope),
    place,
    settings,
    isForeign,
    spec: {
      name,
      scope,
      account: scope === 'system' && account.uid !== 0 ? account.name : null,
      command: daemonCommand(place, process.argv[1] ?? ''),
      directory: place.manifestDir,
      manifest: place.manifest,
      stateDir: place.stateDir,
      daemonLog: place.daemonLog,
      env: {
        JM2_HOME: settings.home,
        JM2_STATE_DIR: place.stateDir,
        ...givenHere(loaded),
        ...memoryEnvironment,
      },
      stopMs: stopWithinMs(settings.graceMs),
      canNotify: findTool('systemd-notify') !== null,
    },
  };
}

/** The state directory may be named by hand; the service is named after the manifest alone. */
export function nameOf({ isUserManifest, manifest }: Locations): string {
  if (isUserManifest) return serviceName(null);
  const { stateDir } = locationsFor(manifest, false, { home: '/', stateDir: null });
  return serviceName(basename(stateDir));
}

function scopeOf(input: Input): ServiceScope | null {
  if (input.flag('user') && input.flag('system')) {
    throw wrongArguments('--user and --system say two things.', 'Leave one of them out.');
  }
  return input.flag('user') ? 'user' : input.flag('system') ? 'system' : null;
}

/** Behind sudo it is the person and not root: nothing runs with more rights than it needs. */
function accountOf(input: Input, scope: ServiceScope, own: Account): Account {
  const named = input.text('as');
  if (scope === 'user') {
    if (named === null) return own;
    throw wrongArguments(
      "--as belongs to --system: a user's service runs as that user.",
      'Leave one of them out.',
    );
  }
  const person = own.uid === 0 ? (process.env['SUDO_USER'] ?? '') : '';
  const key = named ?? (person === '' ? null : person);
  if (key === null) return own;
  const account = findAccount(key);
  if (account !== null) return account;
  throw wrongValue(`--as got "${key}", and this machine has no such account.`, 'getent passwd');
}

/** The home of jm2 lies in the home of the account, unless somebody has said where. */
function settingsOf(account: Account, { settings, values }: LoadedSettings): Settings {
  const isUsual = values.find(({ key }) => key === 'home')?.origin === 'default';
  return isUsual ? { ...settings, home: join(account.home, '.jm2') } : settings;
}

/** What only this call or this shell says would be forgotten; files are read by the daemon itself. */
function givenHere({ values }: LoadedSettings): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { key, type, variable } of settingsSchema) {
    const given = values.find((value) => value.key === key);
    if (['home', 'manifest', 'stateDir'].includes(key) || given?.value == null) continue;
    if (given.origin !== 'environment' && given.origin !== 'flag') continue;
    const unit = type.kind === 'duration' ? 'ms' : type.kind === 'size' ? 'B' : '';
    env[variable] = `${given.value}${unit}`;
  }
  return env;
}

/** `~/…` where it lies in the home. */
export function homely(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
