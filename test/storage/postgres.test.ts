import { storageContract } from '../conformance/storage.js';
import { openPostgresFixture } from './postgres-fixture.js';

// Nothing may depend on the isolation level, so everything is tested at both.
for (const isolation of ['serializable', 'read committed'] as const) {
  describe(`Postgres storage at ${isolation}`, function () {
    this.timeout(20_000);
    storageContract(() => openPostgresFixture({ isolation }));
  });
}
