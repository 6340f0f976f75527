import { type Command } from 'commander';
import { BoxOfficeClient } from './box-office-client.js';
import { Output } from './output.js';

/** Options of every command. */
export interface GlobalOptions {
  readonly address: string;
  readonly http?: string;
  readonly json: boolean;
  readonly timeoutMs: number | undefined;
}

/** What a command works with. */
export interface Session {
  readonly client: BoxOfficeClient;
  readonly output: Output;
  /** Where the HTTP API is, without a slash at the end; undefined: ask the node. */
  readonly httpUrl: string | undefined;
  readonly timeoutMs: number | undefined;
}

/** Runs a command's work with a connection that is closed after it, however it ends. */
export async function inSession(command: Command, work: (session: Session) => Promise<void>): Promise<void> {
  const { address, json, timeoutMs } = command.optsWithGlobals<GlobalOptions>();
  const client = new BoxOfficeClient(address, timeoutMs);
  try {
    await work({ client, output: new Output(json), httpUrl: httpUrlOf(command), timeoutMs });
  } finally {
    client.close();
  }
}

/** Whoever names another node than usual means that one, whatever the environment says of the usual one's HTTP. */
function httpUrlOf(command: Command): string | undefined {
  const isOutranked =
    command.getOptionValueSourceWithGlobals('http') === 'env' &&
    command.getOptionValueSourceWithGlobals('address') === 'cli';
  return isOutranked ? undefined : command.optsWithGlobals<GlobalOptions>().http?.replace(/\/+$/, '');
}
