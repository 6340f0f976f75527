import type { Client } from '@grpc/grpc-js';

/** Sends bytes as they are to a unary method; resolves with the answer's bytes, rejects with the ServiceError. */
export function callWithBytes(client: Client, path: string, bytes: Uint8Array, timeoutMs = 10_000): Promise<Buffer> {
  const asIs = (buffer: Buffer): Buffer => buffer;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      asIs,
      asIs,
      Buffer.from(bytes),
      { deadline: Date.now() + timeoutMs },
      (error, answer) => {
        if (error === null && answer !== undefined) resolve(answer);
        else reject(error ?? new Error('neither an answer nor an error'));
      },
    );
  });
}

export const seatMethod = (name: string): string => `/cinema.boxoffice.v1.SeatService/${name}`;
export const screeningMethod = (name: string): string => `/cinema.boxoffice.v1.ScreeningService/${name}`;
