import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';
import type { PeerCertificateFiles } from '../../../../src/transport/peer/index.js';

/** An authority that certifies nodes, in a folder of its own. */
export interface TestAuthority {
  /** Files of a node that is reached by these names and addresses. */
  issue(given: {
    readonly addresses?: readonly string[];
    readonly names?: readonly string[];
  }): Promise<PeerCertificateFiles>;
  dispose(): Promise<void>;
}

const day = 86_400_000;
const keys = { keyType: 'ec', algorithm: 'sha256' } as const;

/** Certificates are made at test time and are good for a day: there is nothing to renew. */
export async function testAuthority(name: string): Promise<TestAuthority> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-certificates-'));
  const validity = { notBeforeDate: new Date(Date.now() - day), notAfterDate: new Date(Date.now() + day) };
  const ca = await generate([{ name: 'commonName', value: name }], {
    ...keys,
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  let issued = 0;
  return {
    async issue({ addresses = [], names = [] }) {
      issued += 1;
      const node = await generate([{ name: 'commonName', value: `node ${issued}` }], {
        ...keys,
        ...validity,
        ca: { key: ca.private, cert: ca.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          {
            name: 'subjectAltName',
            altNames: [
              ...addresses.map((ip) => ({ type: 7, ip }) as const),
              ...names.map((value) => ({ type: 2, value }) as const),
            ],
          },
        ],
      });
      const write = async (kind: string, text: string): Promise<string> => {
        const file = path.join(folder, `${String(issued)}-${kind}.pem`);
        await writeFile(file, text);
        return file;
      };
      return {
        caFile: await write('ca', ca.cert),
        certificateFile: await write('certificate', node.cert),
        keyFile: await write('key', node.private),
      };
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
