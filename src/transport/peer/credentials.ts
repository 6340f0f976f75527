import { readFileSync } from 'node:fs';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContextOptions } from 'node:tls';
import { sentenceOf } from './error-sentence.js';

/** Files in PEM. */
export interface PeerCertificateFiles {
  /** Who signs the nodes of the cluster. */
  readonly caFile: string;
  /**
   * This node's certificate, for server and client authentication, and whatever is between
   * it and the CA. Its subject alternative names must have the host others reach it by.
   */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** What a node shows its peers and asks of them; plain text when there is nothing to show. */
export interface PeerCredentials {
  readonly tls: SecureContextOptions | undefined;
}

/**
 * Mutual TLS: both sides must show a certificate of the CA. Null is plain text.
 * @throws Error naming the file that cannot be read, or that they do not fit together.
 */
export function peerCredentials(files: PeerCertificateFiles | null): PeerCredentials {
  if (files === null) return { tls: undefined };
  const tls: SecureContextOptions = {
    ca: read('caFile', files.caFile),
    cert: read('certificateFile', files.certificateFile),
    key: read('keyFile', files.keyFile),
    // Both ends are this program.
    minVersion: 'TLSv1.3',
  };
  try {
    createSecureContext(tls);
  } catch (error) {
    const names = `${files.caFile}, ${files.certificateFile} and ${files.keyFile}`;
    throw new Error(`the peer link cannot use ${names}: ${sentenceOf(error)}`, { cause: error });
  }
  return { tls };
}

/** A connection to a peer's server, on its way. The name on its certificate must be `host`. */
export function connectTo(host: string, port: number, { tls }: PeerCredentials): Socket {
  if (tls === undefined) return connectPlain({ host, port, noDelay: true });
  const socket = connectTls({
    host,
    port,
    ...tls,
    ALPNProtocols: ['h2'],
    // An address is no server name; the certificate is then checked for the address.
    servername: isIP(host) === 0 ? host : '',
  });
  return socket.setNoDelay();
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`the peer link cannot read ${setting} ${file}: ${sentenceOf(error)}`, { cause: error });
  }
}
