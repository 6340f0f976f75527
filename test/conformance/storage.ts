import { catalogueContract } from './catalogue.js';
import type { OpenFixture } from './fixture.js';
import { holdersContract } from './holders.js';
import { journalContract } from './journal.js';
import { ownershipContract } from './ownership.js';
import { snapshotsContract } from './snapshots.js';

/** Everything the storage's ports promise, for any storage. */
export function storageContract(open: OpenFixture): void {
  describe('journal', () => {
    journalContract(open);
  });
  describe('ownership', () => {
    ownershipContract(open);
  });
  describe('holders', () => {
    holdersContract(open);
  });
  describe('snapshots', () => {
    snapshotsContract(open);
  });
  describe('catalogue', () => {
    catalogueContract(open);
  });
}
