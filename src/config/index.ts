/** The node's configuration: one file, checked whole. */
export { configDifferences } from './differences.js';
export { ConfigError, loadConfig, readConfig } from './load.js';
export { type Config, type ConfigInput } from './schema.js';
export { configTable } from './table.js';
