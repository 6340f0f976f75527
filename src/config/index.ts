/** The node's configuration: one file, checked whole. */
export { ConfigError, loadConfig, readConfig } from './load.js';
export { type Config, type ConfigInput } from './schema.js';
export { configTable } from './table.js';
