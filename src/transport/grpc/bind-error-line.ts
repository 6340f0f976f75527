import { format } from 'node:util';
import { setLogger } from '@grpc/grpc-js';

/** What grpc-js says of a port that cannot be had. `openGrpcServer` rejects with it too, and with the reason. */
const BIND_ERROR = /^No address added out of total \d+ resolved$/;

/**
 * For the whole process: what grpc-js has to say goes to stderr as it always does, how much as
 * GRPC_VERBOSITY and GRPC_TRACE have it, but for that line, which would stand before our own.
 */
export function dropBindErrorLine(): void {
  setLogger({ error: lines('E'), info: lines('I'), debug: lines('D') });
}

function lines(level: string): (...said: unknown[]) => void {
  return (...said) => {
    const line = format(...said);
    if (!BIND_ERROR.test(line)) process.stderr.write(`${level} ${line}\n`);
  };
}
