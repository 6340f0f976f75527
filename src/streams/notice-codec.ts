import { ScreeningNotice } from '../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import type { OwnerNotice } from '../runtime/index.js';
export const noticeCodec = {
  encode({ epoch, revision, change }: OwnerNotice<SeatMapChange>): Uint8Array {
    return ScreeningNotice.encode({ epoch, revision, change: change && { timeMs: change.timeMs, seats: [...change.seats], states: Buffer.from(change.states), counts: {...change.counts} } }).finish();
  },
  decode(bytes: Uint8Array): OwnerNotice<SeatMapChange> {
    const { epoch, revision, change } = ScreeningNotice.decode(bytes);
    return { epoch, revision, change: change && { revision, timeMs: change.timeMs, seats: change.seats, states: change.states, counts: change.counts ?? {free:0,held:0,booked:0,blocked:0}, bookingBuyers: [] } };
  },
  invalidates: () => [],
};
