import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** The port used last when nobody has it now, so that other nodes' URLs stay good; else any free one. */
export async function freePort(portFile: string): Promise<number> {
  const last = Number.parseInt(await readFile(portFile, 'utf8').catch(() => ''), 10);
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        const address = server.address();
        server.close(() => {
          if (address !== null && typeof address === 'object') resolve(address.port);
          else reject(new Error('the operating system gave no free port'));
        });
      });
    });
  return Number.isInteger(last) && last > 0 ? listen(last).catch(() => listen(0)) : listen(0);
}
