import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { readGhzReport } from '../../bench/ghz/ghz-report.js';
import { contendedHolds, uniqueHolds } from '../../bench/ghz/requests.js';
import { FLOOR_PATH } from '../../bench/node/floor-service.js';
import { SeatServiceService } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';

describe('the benchmark by ghz', () => {
  const detail = (endMs: number, latencyMs: number, status = 'OK'): unknown => ({
    timestamp: new Date(1_700_000_000_000 + endMs).toISOString(),
    latency: latencyMs * 1e6,
    error: status === 'OK' ? '' : `rpc error: code = ${status} desc = no`,
    status,
  });
  const report = (...details: unknown[]): string => JSON.stringify({ count: details.length, details });

  it('counts accepted, refused and failed requests apart', () => {
    const { all } = readGhzReport(
      report(
        detail(10, 10),
        detail(20, 10, 'FailedPrecondition'),
        detail(30, 10, 'ResourceExhausted'),
        detail(40, 10, 'Unavailable'),
      ),
      0,
    );
    expect([all.requests, all.accepted, all.refused, all.errors]).to.deep.equal([4, 1, 2, 1]);
    expect(all.texts.size).to.equal(3);
  });

  it('measures between the warm-up and the last start', () => {
    // Starts at 0, 1,000, 2,000 and 3,000 ms; the second answer takes a second and a half.
    const { measured } = readGhzReport(
      report(detail(10, 10), detail(2_500, 1_500), detail(2_010, 10), detail(3_010, 10)),
      1,
    );
    expect(measured.seconds).to.equal(2);
    expect(measured.requests).to.equal(3);
    expect(measured.offeredRps).to.equal(1.5);
    // The answer at 3,010 ms came too late.
    expect(measured.acceptedRps).to.equal(1);
    expect(measured.acceptedMicros.maxValue).to.be.closeTo(1_500_000, 1_500);
  });

  it('refuses what is no report', () => {
    expect(() => readGhzReport('{"details":[{"latency":"fast"}]}', 0)).to.throw('latency');
  });

  it('asks for every seat once, the screenings in turn', () => {
    const requests = uniqueHolds(['a', 'b'], 5, 10);
    expect(requests.map(({ screeningId, seatIds }) => `${screeningId} ${seatIds.join()}`)).to.deep.equal([
      'a S-10',
      'b S-10',
      'a S-11',
      'b S-11',
      'a S-12',
    ]);
  });

  it('lets everybody want the same few seats, each with a request of their own', () => {
    const requests = contendedHolds('a', 3_000, 30);
    expect(new Set(requests.map(({ requestId }) => requestId)).size).to.equal(3_000);
    expect(new Set(requests.map(({ buyerId }) => buyerId)).size).to.equal(3_000);
    for (let seat = 0; seat < 30; seat += 1)
      expect(requests.filter(({ seatIds }) => seatIds[0] === `S-${String(seat)}`)).to.have.length(100);
    expect(requests).to.deep.equal(contendedHolds('a', 3_000, 30));
  });

  it('has configurations of methods that there are', async () => {
    const folder = fileURLToPath(new URL('../../bench/ghz/', import.meta.url));
    const paths = [...Object.values(SeatServiceService).map(({ path: each }) => each), FLOOR_PATH];
    const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
    expect(files).to.not.be.empty;
    for (const file of files) {
      const { call, name } = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as Record<string, string>;
      expect(name).to.equal(path.basename(file, '.json'));
      expect(paths, file).to.include(`/${call ?? ''}`);
    }
  });

  it('says what to install where there is neither ghz nor Go', async () => {
    const checkout = await mkdtemp(path.join(os.tmpdir(), 'cinema-no-go-'));
    try {
      await mkdir(path.join(checkout, 'src'), { recursive: true });
      await cp(fileURLToPath(new URL('../../src/setup', import.meta.url)), path.join(checkout, 'src/setup'), {
        recursive: true,
      });
      await writeFile(path.join(checkout, 'package.json'), '{}');
      const script = path.join(checkout, 'src/setup/ghz.mjs');
      const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', env: { PATH: '' } });
      expect(status).to.equal(1);
      expect(stderr).to.include('Install Go').and.not.include('    at ');
    } finally {
      await rm(checkout, { recursive: true, force: true });
    }
  });
});
