import { chown } from 'node:fs/promises';
import { runProgram, type Runner } from './run.js';

/** The system user that runs Postgres when we are root, which Postgres refuses to be. */
export interface PostgresUser extends Runner {
  /** Gives a file or folder that this process made to the user; a no-op when it is ours. */
  own(file: string): Promise<void>;
}

const USER = 'postgres';

/**
 * Answers how to run Postgres' programs. Not root: as ourselves. Root: as user
 * `postgres` (made when it does not exist). That user must reach `folder` and
 * `program`, which may lie below a folder closed to it (/root, a `mktemp -d`):
 * then its processes get the one capability that lets them pass (CAP_DAC_READ_SEARCH,
 * or CAP_DAC_OVERRIDE where a container withholds the former).
 * @throws Error saying what to do when no way is found.
 */
export async function openPostgresUser(folder: string, program: string, timeLimitMs: number): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) {
    return {
      run: (command, args) => runProgram(command, args, { timeLimitMs }),
      own: () => Promise.resolve(),
    };
  }
  const { uid, gid } = (await findUser()) ?? (await createUser());
  const own = (file: string): Promise<void> => chown(file, uid, gid);
  await own(folder);
  const reaches = async (runner: Runner): Promise<boolean> => {
    const probe = 'cd "$1" && test -w . && test -x "$2" && "$2" --version';
    try {
      return (await runner.run('/bin/sh', ['-c', probe, 'probe', folder, program])).code === 0;
    } catch {
      return false;
    }
  };
  const candidates: Runner[] = [
    { run: (command, args) => runProgram(command, args, { timeLimitMs, uid, gid }) },
    ...['dac_read_search', 'dac_override'].map((capability) => withCapability(capability, uid, gid, timeLimitMs)),
  ];
  for (const runner of candidates) {
    if (await reaches(runner)) return { run: (command, args) => runner.run(command, args), own };
  }
  throw new Error(
    `running as root, so Postgres runs as user "${USER}", but that user cannot reach ${folder} or ${program} ` +
      '(a folder above them is closed to others, and `setpriv` of util-linux could not lend it CAP_DAC_READ_SEARCH). ' +
      'Either start the node as an ordinary user, or move the program and its data directory below a folder ' +
      'that everyone may enter (chmod o+x), or configure the URL of a Postgres server.',
  );
}

/**
 * The ambient set carries the capability over the change of user and over every
 * exec. `no_setuid_fixup` matters: without it access(2), by which Postgres' programs
 * find each other, ignores the capabilities of a user other than root.
 */
function withCapability(capability: string, uid: number, gid: number, timeLimitMs: number): Runner {
  const only = `-all,+${capability}`;
  const lend = [
    ...['--reuid', String(uid), '--regid', String(gid), '--clear-groups'],
    ...[`--inh-caps=${only}`, `--ambient-caps=${only}`, `--bounding-set=${only}`, '--securebits=+no_setuid_fixup'],
  ];
  return { run: (command, args) => runProgram('setpriv', [...lend, command, ...args], { timeLimitMs }) };
}

const ACCOUNT_TIME_LIMIT_MS = 10_000;

async function findUser(): Promise<{ uid: number; gid: number } | undefined> {
  const ask = async (flag: string): Promise<number | undefined> => {
    const { code, output } = await runProgram('id', [flag, USER], { timeLimitMs: ACCOUNT_TIME_LIMIT_MS });
    const id = Number.parseInt(output, 10);
    return code === 0 && id > 0 ? id : undefined;
  };
  const uid = await ask('-u');
  const gid = await ask('-g');
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

async function createUser(): Promise<{ uid: number; gid: number }> {
  const shell = '/usr/sbin/nologin';
  const args = ['--system', '--user-group', '--no-create-home', '--shell', shell, USER];
  const made = await runProgram('useradd', args, { timeLimitMs: ACCOUNT_TIME_LIMIT_MS }).catch((error: unknown) => ({
    output: String(error),
  }));
  const user = await findUser();
  if (user === undefined) {
    throw new Error(
      `Postgres refuses to run as root and the user "${USER}" could not be made (${made.output.trim()}). ` +
        `Start the node as an ordinary user, or run: useradd --system --user-group ${USER}`,
    );
  }
  return user;
}
