import type { Bus, Randomness } from '../../runtime/index.js';
import type { BusCodec } from '../bus-codec.js';
import { NodeSubscribers } from '../node-subscribers.js';
import type { RedisConnection } from './connect.js';
import { openEnvelope } from './envelope.js';
import { isRefusal, reasonOf } from './errors.js';
import { rarely, type RedisLog, type RedisProbe } from './log.js';
import type { Names } from './names.js';
import { readScript } from './script.js';
import type { Listener } from './subscriptions.js';

export interface BusOptions {
  /** Messages Redis has not acknowledged; what is published beyond that goes to this node's subscribers only. */
  readonly publishesInFlightMax: number;
}

/** A bus over pub/sub. While Redis is away, restarts or is too slow, messages stay on this node. */
export function redisBus<Message>(
  connection: RedisConnection,
  names: Names,
  codec: BusCodec<Message>,
  { publishesInFlightMax }: BusOptions,
  randomness: Randomness,
  log: RedisLog,
  probe: RedisProbe,
): Bus<Message> {
  const script = readScript('publish');
  const envelope = openEnvelope(randomness.token());
  const sayRefused = rarely(log, 'error', 'Redis refuses messages; other nodes miss them');
  const sayGarbage = rarely(log, 'warn', 'a message that no node of this cluster sent');
  let inFlight = 0;

  /** Not awaited: the next message follows without waiting for the answer to this one. Never rejects. */
  const send = async (topic: string, outdated: readonly string[], payload: Buffer): Promise<void> => {
    inFlight += 1;
    try {
      await connection.run(script, outdated, [names.topic(topic), payload]);
    } catch (error) {
      probe.publishLost('failed');
      if (isRefusal(error)) sayRefused({ topic, reason: reasonOf(error) });
    } finally {
      inFlight -= 1;
    }
  };

  const listener = (topic: string): Listener => {
    const refuse = (reason: string): void => {
      probe.garbageReceived(topic);
      sayGarbage({ channel: names.topic(topic), reason });
    };
    const receive = (payload: Buffer): void => {
      const opened = envelope.open(payload);
      if (opened === 'own') return;
      if (opened === 'garbage') refuse('it has no envelope');
      else deliver(opened);
    };
    const deliver = (bytes: Buffer): void => {
      let message;
      try {
        message = codec.decode(bytes);
      } catch (error) {
        refuse(reasonOf(error));
        return;
      }
      subscribers.tell(topic, message);
    };
    return { receive, heard: () => subscribers.heard(topic) };
  };
  const subscribers = new NodeSubscribers<Message>((topic) => connection.listen(names.topic(topic), listener(topic)));

  return {
    publish(topic, message) {
      subscribers.tell(topic, message);
      const why = !connection.isReady() ? 'away' : inFlight >= publishesInFlightMax ? 'full' : undefined;
      if (why !== undefined) {
        probe.publishLost(why);
        return;
      }
      const outdated = codec.invalidates(topic, message).map((key) => names.cached(key));
      void send(topic, outdated, envelope.seal(codec.encode(message)));
    },
    subscribe: (topic, receive, listening) => subscribers.subscribe(topic, receive, listening),
  };
}
