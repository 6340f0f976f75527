import type { Knex } from 'knex';
import { initial } from './0001-initial.js';

export interface SchemaMigration {
  readonly name: string;
  up(knex: Knex): Promise<void>;
}

/** In the order they are applied. Append only: an applied migration never changes. */
export const MIGRATIONS: readonly SchemaMigration[] = [initial];
