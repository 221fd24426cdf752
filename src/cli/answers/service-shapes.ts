// Shapes of what the commands of a service answer.
import Type from 'typebox';
import type { ServiceChangeView, ServiceStatusView } from '../service/service-view.ts';
import { count, nullable, oneOf, same, shape, text, type Same, type Value } from './shape.ts';
import { pid } from './status-shapes.ts';

const place = {
  manager: oneOf('systemd', 'launchd'),
  scope: oneOf('user', 'system'),
  name: text,
  file: text,
};

export const serviceChangeShape = shape({
  action: oneOf('install', 'uninstall'),
  ...place,
  text: nullable(Type.String({ description: 'The file as it is to be.' })),
  commands: Type.Array(text),
  dryRun: Type.Boolean(),
  changed: Type.Boolean(),
  handedOver: nullable(pid),
  hints: Type.Array(text),
});
same<Same<Value<typeof serviceChangeShape>, ServiceChangeView>>();

export const serviceStatusShape = shape({
  ...place,
  installed: Type.Boolean(),
  unedited: nullable(Type.Boolean()),
  service: nullable(
    shape({
      state: text,
      isActive: Type.Boolean(),
      enabled: nullable(Type.Boolean()),
      pid: nullable(pid),
      restarts: nullable(count),
      statusText: nullable(text),
    }),
  ),
  daemon: shape({ running: Type.Boolean(), pid: nullable(pid), managed: Type.Boolean() }),
});
same<Same<Value<typeof serviceStatusShape>, ServiceStatusView>>();
