// Imported first by every entry point, so that an old Node gets this sentence and
// not a syntax error from somewhere inside a dependency.
const [major, minor] = process.versions.node.split('.').map(Number);

if (!((major === 20 && minor >= 19) || (major === 22 && minor >= 12))) {
  process.stderr.write(
    `This project needs Node.js 20.19 or newer of 20, or 22.12 or newer of 22; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(1);
}
