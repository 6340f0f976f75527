import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const setup = fileURLToPath(new URL('../../../src/setup/', import.meta.url));

/** A checkout with the real preparation, and packages of its own that come from files: the real npm, and no network. */
describe('the dependencies of a checkout', function () {
  this.timeout(60_000);
  let home: string;
  let checkout: string;
  let npmMark: string;
  before(() => {
    home = mkdtempSync(path.join(os.tmpdir(), 'cinema-install-'));
    pack('seat', '1.0.0');
    pack('seat', '2.0.0');
    pack('ruler', '1.0.0');
    pack('engine-here', '1.0.0', { os: [process.platform], cpu: [process.arch] });
    pack('engine-elsewhere', '1.0.0', { os: ['aix'], cpu: ['ppc64'] });
    for (const seat of ['1.0.0', '2.0.0'] as const) writeLock(seat);
  });
  after(() => {
    rmSync(home, { recursive: true });
  });
  beforeEach(() => {
    checkout = mkdtempSync(path.join(home, 'checkout-'));
    // npm ci empties the folder first: a file of ours that is still there tells that it did not run.
    npmMark = path.join(checkout, 'node_modules', 'mark');
    cpSync(setup, path.join(checkout, 'src', 'setup'), { recursive: true });
    checkOut('1.0.0');
  });

  const npm = (args: readonly string[], cwd = checkout): void => {
    execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
  };
  const pack = (name: string, version: string, more: object = {}): void => {
    const folder = path.join(home, `${name}-${version}`);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version, ...more }));
    npm(['pack', folder], home);
  };
  /** In a folder of its own: npm would look at what is installed, too. */
  const writeLock = (seat: string): void => {
    const folder = path.join(home, `with-seat-${seat}`);
    const from = (name: string, version = '1.0.0'): object => ({ [name]: `file:../${name}-${version}.tgz` });
    const manifest = {
      name: 'checkout',
      dependencies: from('seat', seat),
      devDependencies: from('ruler'),
      optionalDependencies: { ...from('engine-here'), ...from('engine-elsewhere') },
    };
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
    npm(['install', '--package-lock-only'], folder);
  };
  /** The commit that depends on this version; nothing is installed. */
  const checkOut = (seat: '1.0.0' | '2.0.0'): void => {
    cpSync(path.join(home, `with-seat-${seat}`), checkout, { recursive: true });
  };
  const prepare = (): void => {
    execFileSync(process.execPath, ['src/setup/prepare.mjs', 'install'], { cwd: checkout, stdio: 'pipe' });
  };
  const versionOf = (name: string): unknown => {
    const manifest = readFileSync(path.join(checkout, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(manifest) as { version?: unknown }).version;
  };
  const installsAnew = (): boolean => {
    writeFileSync(npmMark, '');
    prepare();
    return !existsSync(npmMark);
  };

  it('are installed once', () => {
    prepare();
    expect(versionOf('seat')).to.equal('1.0.0');
    expect(versionOf('ruler')).to.equal('1.0.0');
    expect(versionOf('engine-here')).to.equal('1.0.0');
    expect(installsAnew()).to.equal(false);
  });

  it('are left as they are when all were installed by hand', () => {
    npm(['ci']);
    expect(installsAnew()).to.equal(false);
    checkOut('2.0.0');
    npm(['install']);
    expect(installsAnew()).to.equal(false);
    expect(versionOf('seat')).to.equal('2.0.0');
  });

  it('are installed anew when the lock file has changed', () => {
    npm(['ci']);
    prepare();
    checkOut('2.0.0');
    expect(installsAnew()).to.equal(true);
    expect(versionOf('seat')).to.equal('2.0.0');
  });

  it('are installed anew when those installed by hand do not follow the lock file', () => {
    npm(['ci']);
    checkOut('2.0.0');
    expect(installsAnew()).to.equal(true);
    expect(versionOf('seat')).to.equal('2.0.0');
  });

  it('are installed anew when a folder is gone', () => {
    npm(['ci']);
    rmSync(path.join(checkout, 'node_modules', 'ruler'), { recursive: true });
    expect(installsAnew()).to.equal(true);
    expect(versionOf('ruler')).to.equal('1.0.0');
  });

  it('are installed anew when the install by hand did not come to its end', () => {
    npm(['ci']);
    rmSync(path.join(checkout, 'node_modules', '.package-lock.json'));
    expect(installsAnew()).to.equal(true);
  });

  for (const [omitted, name] of [
    ['dev', 'ruler'],
    ['optional', 'engine-here'],
  ] as const) {
    it(`are installed anew when the install by hand left out what is ${omitted}`, () => {
      npm(['ci', `--omit=${omitted}`]);
      expect(installsAnew()).to.equal(true);
      expect(versionOf(name)).to.equal('1.0.0');
    });
  }

  it('are installed anew when some were removed by hand after they had been prepared', () => {
    prepare();
    npm(['prune', '--omit=dev']);
    expect(installsAnew()).to.equal(true);
    expect(versionOf('ruler')).to.equal('1.0.0');
  });
});
