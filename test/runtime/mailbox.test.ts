import { expect } from 'chai';
import { Mailbox } from '../../src/runtime/mailbox.js';
import type { Envelope, Lane } from '../../src/runtime/index.js';

const envelope = (command: string, lane: Lane): Envelope<string, never> => ({
  command,
  lane,
  deadlineMs: Infinity,
  settle: () => undefined,
});

describe('mailbox', () => {
  it('serves its lanes in order, and each lane first come, first served', () => {
    const mailbox = new Mailbox<string, never>(10);
    for (const [command, lane] of [
      ['p1', 'public'],
      ['s1', 'staff'],
      ['f1', 'finish'],
      ['p2', 'public'],
      ['f2', 'finish'],
    ] as const)
      mailbox.offer(envelope(command, lane));
    expect(mailbox.depth('finish')).to.equal(2);
    expect(mailbox.take(3).map(({ command }) => command)).to.deep.equal(['f1', 'f2', 's1']);
    expect(mailbox.take(3).map(({ command }) => command)).to.deep.equal(['p1', 'p2']);
    expect(mailbox.take(3)).to.deep.equal([]);
  });

  it('is bounded over all lanes together, and takes again what it gave', () => {
    const mailbox = new Mailbox<string, never>(2);
    expect(mailbox.offer(envelope('a', 'public'))).to.equal(true);
    expect(mailbox.offer(envelope('b', 'finish'))).to.equal(true);
    expect(mailbox.offer(envelope('c', 'finish'))).to.equal(false);
    expect(mailbox.size).to.equal(2);
    mailbox.take(1);
    expect(mailbox.offer(envelope('c', 'finish'))).to.equal(true);
  });

  it('gives no more than was asked for, and nothing twice', () => {
    const mailbox = new Mailbox<string, never>(10);
    const offer = (...commands: readonly string[]): void => {
      for (const command of commands) mailbox.offer(envelope(command, 'public'));
    };
    offer('a', 'b', 'c', 'd', 'e');
    expect(mailbox.take(3).map(({ command }) => command)).to.deep.equal(['a', 'b', 'c']);
    const rest = mailbox.take(3);
    offer('f');
    expect(rest.map(({ command }) => command)).to.deep.equal(['d', 'e']);
    expect(mailbox.take(3).map(({ command }) => command)).to.deep.equal(['f']);
  });

  it('keeps the order of thousands', () => {
    const mailbox = new Mailbox<string, never>(10_000);
    const seen: string[] = [];
    for (let number = 0; number < 6_000; number += 1) {
      mailbox.offer(envelope(String(number), 'public'));
      if (number % 3 === 0) seen.push(...mailbox.take(1).map(({ command }) => command));
    }
    seen.push(...mailbox.take(10_000).map(({ command }) => command));
    expect(seen).to.deep.equal(Array.from({ length: 6_000 }, (_, number) => String(number)));
    expect(mailbox.size).to.equal(0);
  });
});
