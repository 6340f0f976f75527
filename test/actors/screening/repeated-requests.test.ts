import { expect } from 'chai';
import type { ScreeningCommand } from '../../../actors/screening/commands.js';
import { REQUEST_RETENTION_MS } from '../../../actors/screening/request-log.js';
import type { Screening } from '../../../actors/screening/screening.js';
import { ask } from './ask.js';
import { Stage } from './stage.js';

describe('a repeated request', () => {
  const everything = (): readonly Exclude<ScreeningCommand, { kind: 'get-hold' | 'get-seat-states' }>[] => [
    ask.hold('anna', ['A1', 'A2', 'A3'], { ttlMs: 90_000 }),
    ask.extend('anna', 't1', { ttlMs: 120_000 }),
    ask.release('anna', 't1', ['A1']),
    ask.confirm('anna', 't1'),
    ask.cancelBooking('anna', 't4', ['A2']),
    ask.book('berta', ['B1']),
    ask.hold('berta', ['B2']),
    ask.release('berta', 't7'),
    ask.cancelBooking('berta', 't6'),
    ask.update({ title: 'Again' }),
    ask.cancelScreening(),
  ];

  const handle = (screening: Screening, nowMs: number, command: ScreeningCommand) => {
    screening.beginTurn(nowMs);
    const answer = screening.handle(command, 'never-used');
    return { answer, turn: screening.endTurn() };
  };

  it('has one effect and gets the first answer again: at once, after a replay, after a restore', () => {
    const stage = new Stage();
    const commands = everything();
    const answers = commands.map((command) => stage.when(command));
    for (const screening of [stage.screening, stage.replayed(), stage.restored()]) {
      for (const [index, command] of commands.entries()) {
        const again = handle(screening, stage.nowMs + 100_000, command);
        expect(again.answer, command.kind).to.deep.equal(answers[index]);
        expect(again.turn, command.kind).to.equal(undefined);
      }
    }
  });

  it('is known within the turn of the first', () => {
    const command = ask.hold('anna', ['A1']);
    const [first, second] = new Stage().turn([command, command]);
    expect(second).to.deep.equal(first);
  });

  it('with another body is refused, whatever the other body asks for', () => {
    const stage = new Stage();
    const first = ask.hold('anna', ['A1']);
    const { requestId } = first;
    stage.given(first);
    const others: readonly ScreeningCommand[] = [
      ask.hold('anna', ['A2'], { requestId }),
      ask.hold('anna', ['A1'], { requestId, ttlMs: 60_000 }),
      ask.hold('anna', ['A1'], { requestId, revision: 1 }),
      { ...ask.confirm('anna', 't1'), requestId },
      { ...ask.release('anna', 't1'), requestId },
      ask.book('anna', ['A1'], { requestId }),
    ];
    for (const other of others) stage.refuses(other, { kind: 'request-id-reused' });
    // A dry run of the same body is another request too: it must not hand out the token.
    stage.refuses({ ...first, validateOnly: true }, { kind: 'request-id-reused' });
  });

  it('from another buyer is another request', () => {
    const { requestId } = ask.hold('anna', ['A1']);
    const stage = new Stage().given(ask.hold('anna', ['A1'], { requestId }));
    stage.given(ask.hold('berta', ['A2'], { requestId }));
    expect(stage.seats()).to.equal('HHFFFFFF');
  });

  it('that was refused or a dry run before is decided anew', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']));
    const wanted = ask.hold('berta', ['A1']);
    stage.refuses(wanted, { kind: 'seat-unavailable', seats: [{ seatId: 'A1', state: 2 }] });
    stage.given(ask.release('anna', 't1'), { ...wanted, validateOnly: true }, wanted);
    expect(stage.seats()).to.equal('HFFFFFFF');
  });

  it('is known for a day', () => {
    const stage = new Stage();
    const command = ask.book('anna', ['A1']);
    const first = stage.when(command);
    stage.after(REQUEST_RETENTION_MS).given(ask.book('berta', ['A2']));
    expect(stage.when(command)).to.deep.equal(first);
    stage.after(1).given(ask.book('berta', ['A3']));
    stage.refuses(command, { kind: 'seat-unavailable', seats: [{ seatId: 'A1', state: 3 }] });
  });

  it('is known even when no more can be remembered; a new one is then refused', () => {
    const stage = new Stage({ rules: { rememberedRequests: 2 } });
    const command = ask.book('anna', ['A1']);
    const first = stage.when(command);
    stage.given(ask.book('anna', ['A2']));
    stage.refuses(ask.book('anna', ['A3']), { kind: 'request-log-full' });
    expect(stage.when(command)).to.deep.equal(first);
  });

  it('makes room when it is a day old', () => {
    const stage = new Stage({ rules: { rememberedRequests: 2 } });
    stage
      .given(ask.book('anna', ['A1']))
      .after(1)
      .given(ask.book('anna', ['A2']));
    stage.after(REQUEST_RETENTION_MS - 1);
    stage.refuses(ask.book('anna', ['A3']), { kind: 'request-log-full' });
    stage.after(1).given(ask.book('anna', ['A3']));
    stage.refuses(ask.book('anna', ['A4']), { kind: 'request-log-full' });
  });
});
