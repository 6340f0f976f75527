import type { ScreeningAnswer } from '../../../actors/screening/answers.js';
import type { ScreeningCommand } from '../../../actors/screening/commands.js';
import type { Envelope, Lane, Outcome } from '../../runtime/index.js';

/** Brings a command to the screening's owner, wherever that is, and its outcome back through the envelope. */
export interface CommandRouter {
  submit(screeningId: string, envelope: Envelope<ScreeningCommand, ScreeningAnswer>): void;
}

/** What was started is finished first, then staff are served, then the public. */
const laneOfCommand = {
  'confirm-hold': 'finish',
  'release-hold': 'finish',
  'cancel-booking': 'finish',
  'book-seats': 'staff',
  'update-screening': 'staff',
  'cancel-screening': 'staff',
  'hold-seats': 'public',
  'extend-hold': 'public',
  'get-hold': 'public',
  'get-seat-states': 'public',
} as const satisfies Record<ScreeningCommand['kind'], Lane>;

/** Sends one command and waits for its outcome. Never rejects. */
export function ask(
  router: CommandRouter,
  screeningId: string,
  command: ScreeningCommand,
  deadlineMs: number,
): Promise<Outcome<ScreeningAnswer>> {
  return new Promise((settle) => {
    router.submit(screeningId, { command, lane: laneOfCommand[command.kind], deadlineMs, settle });
  });
}
