// The first thing that runs, in words that any Node understands: is this Node new enough? Imported by main.mjs and
// bin/remuster.mjs before anything else is loaded.
const WANTED = [20, 19];
const actual = process.versions.node.split('.').map(Number);

if (actual[0] < WANTED[0] || (actual[0] === WANTED[0] && actual[1] < WANTED[1])) {
  process.stderr.write(
    'remuster needs Node >= ' +
      WANTED.join('.') +
      ', this is ' +
      process.versions.node +
      '\n' +
      "  install a newer one (https://nodejs.org, nvm, or your system's packages) and run the same again\n",
  );
  process.exit(107);
}
