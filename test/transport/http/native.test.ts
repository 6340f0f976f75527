import { createRequire } from 'node:module';
import { expect } from 'chai';
import { loadFirst, loadUws, UwsUnavailable, uwsPackages } from '../../../src/transport/uws/load.js';

const require = createRequire(import.meta.url);

describe('loading uWebSockets.js', () => {
  it('finds a native build, the same one every time', () => {
    expect(loadUws()).to.equal(loadUws());
    expect(loadUws()).to.have.property('App');
  });

  it('takes the next package when one does not load', () => {
    expect(loadFirst([{ name: 'not-installed', binaries: '.', needs: 'a miracle' }, ...uwsPackages], require)).to.equal(
      loadUws(),
    );
  });

  it('never takes a JavaScript stand-in', () => {
    // The main file of the unofficial package would answer this with its slow fallback.
    const withoutBinary = { name: 'uws-unofficial', binaries: '../nowhere', needs: 'its binary' };
    expect(() => loadFirst([withoutBinary], require)).to.throw(UwsUnavailable, /uws-unofficial \(needs its binary\)/);
  });

  it('says what was tried and what to install', () => {
    expect(() =>
      loadFirst(
        uwsPackages.map((candidate) => ({ ...candidate, binaries: '../nowhere' })),
        require,
      ),
    ).to.throw(UwsUnavailable, /glibc 2\.38[\s\S]*glibc 2\.34[\s\S]*npm install/);
  });
});
