import { withBoxOffice, type BoxOfficeStage } from '../ghz/box-office-stage.js';
import { climb, rateLadder } from '../ghz/rate-ladder.js';
import { encodeHolds, uniqueHolds } from '../ghz/requests.js';
import { ENOUGH, highestCarried, isCarried, outcomeOf, type Step } from '../ghz/saturation-outcome.js';
import { askAgain, sweep } from '../ghz/sweep.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';

/** The most a hall may have. */
const HALL_SEATS = 200_000;
/** Requests per second, offered whatever the answers do; above them it goes on by a quarter. */
const RATES = [1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 20_000];

/** A fixed rate, higher and higher. */
export const saturation: Scenario = {
  name: 'saturation',
  title: 'Fixed rates up to saturation',
  about:
    'ghz offers holds of free seats on one hot screening at a fixed rate and does not wait for answers (`async`), over 4 ' +
    `connections, at rising rates until one is not carried, as far as a hall of ${HALL_SEATS.toLocaleString('en-US')} seats allows. ` +
    `A rate is carried when at least ${String(ENOUGH * 100)} % of it is really sent and is accepted within the ` +
    'run, and p99 stays below a second. The highest carried rate is the saturation; then 80 % of it is offered.',
  run: (stage) => withBoxOffice(stage, (boxOffice) => measure(stage, boxOffice)),
};

async function measure(stage: Stage, { node, client, ghz, openScreenings }: BoxOfficeStage): Promise<Outcome> {
  const seconds = stage.isShort ? 1 : 6;
  const warmUpSeconds = stage.isShort ? 0.3 : 1;
  const rates = stage.isShort ? RATES.filter((_rate, index) => index % 3 === 0) : RATES;
  const faults: string[] = [];
  let [oversold, lost] = [0, 0];
  const offer = async (rate: number): Promise<Step> => {
    const screeningIds = await openScreenings(1, HALL_SEATS);
    const wanted = uniqueHolds(screeningIds, Math.floor(rate * (seconds + warmUpSeconds)));
    const run = await ghz({ config: 'open-hold', requests: encodeHolds(wanted), rps: rate, warmUpSeconds });
    // Where an answer did not come in time, asking again may hold the seat only now: only a clean run is asked.
    const isClean = run.all.accepted === run.all.requests;
    const given = isClean ? await askAgain(client, wanted, 1_000) : [];
    const swept = await sweep(node, screeningIds, [{ kind: 'seats-held', answers: run.all }], given);
    oversold += swept.oversold;
    lost += swept.lost;
    faults.push(...swept.faults);
    return { rate, run, accepted: run.measured.accepted / run.measured.requests };
  };
  stage.progress('warming up', 0);
  await offer(4_000);
  let done = 0;
  const climbed = await climb(
    rateLadder(rates, seconds + warmUpSeconds, HALL_SEATS),
    async (rate) => {
      stage.progress(`${rate.toLocaleString('en-US')} requests/s`, Math.min(0.95, done / (rates.length + 2)));
      done += 1;
      return offer(rate);
    },
    isCarried,
  );
  const easyRps = Math.round(highestCarried(climbed) * 0.8);
  stage.progress(`80 % of saturation: ${easyRps.toLocaleString('en-US')} requests/s`, 0.95);
  const easy = await offer(Math.max(easyRps, 1));
  return outcomeOf(climbed, easy, { oversold, lost, faults });
}
