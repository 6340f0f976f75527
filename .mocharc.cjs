module.exports = {
  spec: ['dist/test/**/*.test.js'],
  reporter: 'src/setup/mocha-reporter.mjs',
  // Unit tests take milliseconds; tests with a database or a browser say so with this.timeout().
  timeout: 5_000,
  slow: 500,
  // A test that leaves something running must show; the reporter fails the run then.
  exit: false,
  forbidOnly: Boolean(process.env.CI),
  failZero: true,
};
