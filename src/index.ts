import { commandsPlugin } from './plugins/commands';
import { kernelsPlugin } from './plugins/kernels';
import { outputsPlugin } from './plugins/outputs';
import { panelPlugin } from './plugins/panel';
import { projectsPlugin } from './plugins/projects';
import { sessionsPlugin } from './plugins/sessions';

export * from './tokens';

export default [
  sessionsPlugin,
  projectsPlugin,
  kernelsPlugin,
  outputsPlugin,
  panelPlugin,
  commandsPlugin
];
