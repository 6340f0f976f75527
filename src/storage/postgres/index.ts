/** Postgres as the place where everything is kept: the only door of this folder. */
export { openEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded.js';
export type { StorageLog } from './log.js';
export type { Isolation } from './settings.js';
export { openPostgresStorage, type PostgresStorageConfig } from './storage.js';
export type { NodeIdentity, Storage } from '../storage.js';
