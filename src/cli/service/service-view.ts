// What the commands of a service answer, for people and as JSON.
import type { ServiceScope } from '../../core/service/service.ts';
import type { ServiceState } from './manager.ts';

export interface ServiceChangeView {
  readonly action: 'install' | 'uninstall';
  readonly manager: 'systemd' | 'launchd';
  readonly scope: ServiceScope;
  readonly name: string;
  /** The definition of the service. */
  readonly file: string;
  /** The file as it is to be; null for an uninstall. */
  readonly text: string | null;
  /** What the service manager is told, or would be. */
  readonly commands: readonly string[];
  readonly dryRun: boolean;
  /** Whether anything was changed. */
  readonly changed: boolean;
  /** The daemon that left so that the service could take over, its jobs going on. */
  readonly handedOver: number | null;
  readonly hints: readonly string[];
}

export interface ServiceStatusView {
  readonly manager: 'systemd' | 'launchd';
  readonly scope: ServiceScope;
  readonly name: string;
  readonly file: string;
  readonly installed: boolean;
  /** False when somebody has changed the file since; null when there is none. */
  readonly unedited: boolean | null;
  /** By the service manager; null when it does not know the service or cannot be asked. */
  readonly service: ServiceState | null;
  readonly daemon: {
    readonly running: boolean;
    readonly pid: number | null;
    /** Whether it is the one that the service manager looks after. */
    readonly managed: boolean;
  };
}
