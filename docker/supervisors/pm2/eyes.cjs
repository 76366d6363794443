// What pm2 says, seen from inside a node; given to `node -e`, so that it works in any image that has pm2.
//   status NAME   prints one answer of the daemon about the process of that name, and ends
//   watch NAME    prints answers (S) and lines of the daemon's log (L) as they change, until standard input closes
// It asks on the daemon's own socket by pm2's own libraries: `pm2 jlist` loads all of pm2 each time (300 ms of CPU). The
// daemon logs what it does, so it is asked when its log grows, and every 2 s. Its bus would carry every line of the
// application's output too.
const fs = require('node:fs');
const path = require('node:path');

const ANSWER_MS = 3_000;
const ASK_EVERY_MS = 2_000;
const DIAL_EVERY_MS = 300;
/** Blank and ruled lines, stacks, and what our own asking makes it complain of when the process has just died. */
const NOISE = /^\s*$|^=+$|^--- |^\s+at |msg=failed to kill|while calling pidusage|No matching pid found/;

const home = process.env.PM2_HOME ?? path.join(process.env.HOME ?? '/root', '.pm2');
const folders = (process.env.PATH ?? '').split(':');
const pm2 = folders.map((folder) => path.join(folder, 'pm2')).find((file) => fs.existsSync(file));
if (pm2 === undefined) throw new Error('there is no pm2 in the PATH');
const modules = path.resolve(fs.realpathSync(pm2), '../../modules');
const axon = require(path.join(modules, 'pm2-axon'));
const { Client } = require(path.join(modules, 'pm2-axon-rpc'));

/** What matters of the daemon's entry of a process, as one line. */
function entryOf(list, name) {
  const found = list.find((entry) => entry.name === name);
  if (!found) return JSON.stringify({ word: 'not in its list' });
  const { status, restart_time: restarts, unstable_restarts: unstable } = found.pm2_env;
  return JSON.stringify({ word: status, pid: found.pid ?? 0, restarts, unstable });
}

function unreachable(why) {
  return JSON.stringify({ word: 'unreachable', why });
}

/** Connects once; `onEnd` is called when there is no connection (any more). */
function dial(onConnect, onEnd) {
  const socket = axon.socket('req');
  socket.set('retry timeout', 0);
  socket.on('error', () => undefined);
  socket.on('close', () => onEnd('no daemon answers on its socket'));
  socket.on('connect', () => onConnect(new Client(socket)));
  socket.connect(path.join(home, 'rpc.sock'));
}

function ask(client, name, onAnswer) {
  const timer = setTimeout(() => answer(unreachable(`no answer in ${ANSWER_MS} ms`)), ANSWER_MS);
  let isOver = false;
  const answer = (text) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    onAnswer(text);
  };
  client.call('getMonitorData', {}, (error, list) => answer(error ? unreachable(error.message) : entryOf(list, name)));
}

function once(name) {
  const end = (text) => {
    process.stdout.write(`${text}\n`);
    process.exit();
  };
  dial(
    (client) => ask(client, name, end),
    (why) => end(unreachable(why)),
  );
}

function watch(name) {
  let client;
  let last = '';
  let asking = false;
  let news = 0;
  const tell = (text) => {
    if (text !== last) process.stdout.write(`S ${text}\n`);
    last = text;
  };
  const look = () => {
    if (!client || asking) return;
    asking = true;
    const seen = news;
    const asked = client;
    ask(asked, name, (text) => {
      if (client !== asked) return;
      asking = false;
      // What was answered before the last line of the log is out of date.
      if (seen === news) tell(text);
      else look();
    });
  };
  const connect = () =>
    dial(
      (connected) => {
        client = connected;
        asking = false;
        look();
      },
      (why) => {
        client = undefined;
        tell(unreachable(why));
        setTimeout(connect, DIAL_EVERY_MS);
      },
    );
  connect();
  setInterval(look, ASK_EVERY_MS);
  follow(path.join(home, 'pm2.log'), (line) => {
    if (NOISE.test(line)) return;
    process.stdout.write(`L ${line}\n`);
    // The reader draws conclusions from such a line; the next answer is told even if it is an old one.
    news += 1;
    last = '';
    look();
  });
}

/** Lines that are appended to a file from now on. */
function follow(file, onLine) {
  const log = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_CREAT);
  const chunk = Buffer.alloc(65_536);
  let at = fs.fstatSync(log).size;
  let rest = '';
  fs.watch(file, () => {
    // `pm2 flush` empties it.
    if (fs.fstatSync(log).size < at) at = 0;
    for (;;) {
      const length = fs.readSync(log, chunk, 0, chunk.length, at);
      if (length === 0) return;
      at += length;
      const lines = (rest + chunk.toString('utf8', 0, length)).split('\n');
      rest = lines.pop();
      lines.forEach(onLine);
    }
  });
}

const [, mode, name] = process.argv;
if (mode === 'status') once(name);
else {
  process.stdin.resume().on('end', () => process.exit());
  watch(name);
}
