import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { peerCredentials, type PeerCertificateFiles } from '../../../src/transport/peer/index.js';
import { eventually } from '../../support/eventually.js';
import { RawConnection } from '../http/support/raw-connection.js';
import { testAuthority, type TestAuthority } from './support/certificates.js';
import { callOf, memberAt, outcome, reasonOf, Stage } from './support/stage.js';

describe('mutual TLS on the peer link', () => {
  const stage = new Stage();
  let authority: TestAuthority;
  let stranger: TestAuthority;
  let ofServer: PeerCertificateFiles;
  let ofCaller: PeerCertificateFiles;

  before(async () => {
    authority = await testAuthority('the cluster');
    stranger = await testAuthority('somebody else');
    ofServer = await authority.issue({ addresses: ['127.0.0.1'], names: ['localhost'] });
    ofCaller = await authority.issue({ names: ['caller.test'] });
  });
  after(async () => {
    await authority.dispose();
    await stranger.dispose();
  });
  afterEach(() => stage.close());

  it('carries calls between nodes of one authority, and warns of nothing', async () => {
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', note);
    stage.onClose(async () => void process.off('warning', note));
    const { port } = await stage.server({ credentials: peerCredentials(ofServer) });
    const links = stage.links({ credentials: peerCredentials(ofCaller) });
    const peer = memberAt(port);
    expect(await outcome(links.call(peer, callOf('by address')))).to.equal('answered by address');
    const byName = { ...peer, peerAddress: `localhost:${String(port)}` };
    expect(await outcome(links.call(byName, callOf('by name')))).to.equal('answered by name');
    // An address as a server name is deprecated, for example.
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).to.deep.equal([]);
  });

  it('does not keep the port from closing while somebody is at the handshake', async () => {
    const server = await stage.server({
      credentials: peerCredentials(ofServer),
      limits: { closeTimeoutMs: 60_000, peerConnectTimeoutMs: 60_000 },
    });
    const silent = await RawConnection.open(server.port);
    await server.close();
    await silent.closes();
  });

  it('refuses a caller that speaks plain text', async () => {
    const { port, book } = await stage.server({ credentials: peerCredentials(ofServer) });
    const links = stage.links();
    expect(await outcome(links.call(memberAt(port), callOf('')))).to.equal('unsent');
    await eventually('a line in the log', () => book.with('refused a connection').length > 0);
    expect(book.with('refused a connection')[0]).to.match(/127\.0\.0\.1:\d+/);
    expect(book.with('a peer linked')).to.deep.equal([]);
  });

  it('refuses a caller whose certificate is of another authority', async () => {
    const { port, book } = await stage.server({ credentials: peerCredentials(ofServer) });
    const theirs = await stranger.issue({ addresses: ['127.0.0.1'] });
    // It believes in the right authority and shows what another has signed.
    const links = stage.links({ credentials: peerCredentials({ ...theirs, caFile: ofCaller.caFile }) });
    expect(await outcome(links.call(memberAt(port), callOf('')))).to.equal('unsent');
    await eventually('a line in the log', () => book.with('refused a connection').length > 0);
    expect(book.with('refused a connection')[0]).to.match(/127\.0\.0\.1:\d+.*no certificate of the authority/);
    expect(book.with('a peer linked')).to.deep.equal([]);
  });

  it('refuses a caller that shows no certificate', async () => {
    const { port, book } = await stage.server({ credentials: peerCredentials(ofServer) });
    const links = stage.links({ credentials: { tls: { ca: await readFile(ofServer.caFile) } } });
    expect(await outcome(links.call(memberAt(port), callOf('')))).to.equal('unsent');
    await eventually('a line in the log', () => book.with('refused a connection').length > 0);
    expect(book.with('refused a connection')[0]).to.match(/127\.0\.0\.1:\d+.*certificate/);
    expect(book.with('a peer linked')).to.deep.equal([]);
  });

  it('refuses a caller that does not finish the handshake', async () => {
    const { port, book } = await stage.server({
      credentials: peerCredentials(ofServer),
      limits: { peerConnectTimeoutMs: 100 },
    });
    const silent = await RawConnection.open(port);
    await silent.closes();
    await eventually('a line in the log', () => book.with('refused a connection').length > 0);
    expect(book.with('refused a connection')[0]).to.match(/127\.0\.0\.1:\d+/);
  });

  it('refuses a server whose certificate is of another authority', async () => {
    const { port } = await stage.server({
      credentials: peerCredentials(await stranger.issue({ addresses: ['127.0.0.1'] })),
    });
    const links = stage.links({ credentials: peerCredentials(ofCaller) });
    expect(await reasonOf(links.call(memberAt(port), callOf('')))).to.match(/^unsent: .*(certificate|issuer)/);
  });

  it('refuses a server that has another name', async () => {
    const { port } = await stage.server({ credentials: peerCredentials(ofCaller) });
    const links = stage.links({ credentials: peerCredentials(ofCaller) });
    expect(await reasonOf(links.call(memberAt(port), callOf('')))).to.match(/^unsent: .*127\.0\.0\.1/);
  });

  it('refuses a server that speaks plain text', async () => {
    const { port, book } = await stage.server();
    const links = stage.links({ credentials: peerCredentials(ofCaller) });
    expect(await outcome(links.call(memberAt(port), callOf('')))).to.equal('unsent');
    await eventually('a line in the log', () => book.with('127.0.0.1:').length > 0);
  });

  it('says which file is wrong', () => {
    const missing = { ...ofServer, keyFile: '/nowhere/key.pem' };
    expect(() => peerCredentials(missing)).to.throw(/cannot read keyFile \/nowhere\/key\.pem: .*no such file/);
    const mixed = { ...ofServer, keyFile: ofCaller.keyFile };
    expect(() => peerCredentials(mixed)).to.throw(new RegExp(`cannot use .*${ofCaller.keyFile}: .*mismatch`));
    const noise = { ...ofServer, certificateFile: new URL(import.meta.url).pathname };
    expect(() => peerCredentials(noise)).to.throw(/cannot use /);
  });
});
