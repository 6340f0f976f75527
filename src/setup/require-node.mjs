// Imported first by every entry point, so that an old Node gets this sentence and
// not a syntax error from somewhere inside a dependency.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19) || major >= 23) {
  process.stderr.write(
    `This project needs Node.js 20.19 or newer, below 23; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(1);
}
