// The web server of Node.js as remuster runs it: node:http in one process, or a node:cluster with a primary that holds
// the listener. Usage: node serve.mjs APPLICATION --port N --workers N --keep-alive MS
// The application exports application(), which makes { handle(request, response), leave() }.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string' }, workers: { type: 'string' }, 'keep-alive': { type: 'string' } },
});
/** A worker that ends before it listened is replaced with a pause, or a broken application would burn a core. */
const PAUSE_MS = 1_000;
const LEAVE_EVERY_MS = 50;

function say(text) {
  process.stderr.write(`serve[${process.pid}] ${text}\n`);
}

async function serve() {
  const { application } = await import(pathToFileURL(positionals[0]).href);
  const { handle, leave } = bound(await application());
  let leaving = false;
  const server = createServer({ keepAliveTimeout: Number(values['keep-alive']) }, (request, response) => {
    if (leaving) response.setHeader('connection', 'close');
    handle(request, response).catch((error) => {
      say(error.stack);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const stop = () => {
    if (leaving) return;
    leaving = true;
    // close() waits for connections that nobody uses too: those are closed as they fall idle.
    const idle = setInterval(() => server.closeIdleConnections(), LEAVE_EVERY_MS);
    server.close(async () => {
      clearInterval(idle);
      await leave();
      process.exit(0);
    });
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  server.listen(Number(values.port), '0.0.0.0');
}

function bound(application) {
  return {
    handle: (request, response) => application.handle(request, response),
    leave: () => application.leave(),
  };
}

function lead(count) {
  /** Those that were replaced, and replacements that do not listen yet: their end is no loss. */
  const retired = new Set();
  let leaving = false;
  let replacing = Promise.resolve();

  const start = () => {
    const worker = cluster.fork();
    let listened = false;
    worker.once('listening', () => (listened = true));
    worker.once('exit', (code, signal) => {
      if (leaving) return finish();
      if (retired.delete(worker.id)) return;
      say(`worker ${worker.process.pid} ended with ${signal ?? code}`);
      setTimeout(() => leaving || start(), listened ? 0 : PAUSE_MS);
    });
    return worker;
  };
  const retire = (worker) => {
    retired.add(worker.id);
    worker.process.kill('SIGTERM');
    return new Promise((resolve) => worker.once('exit', resolve));
  };
  const replace = async (worker) => {
    const next = start();
    retired.add(next.id);
    const listens = await new Promise((resolve) => {
      next.once('listening', () => resolve(true));
      next.once('exit', () => resolve(false));
    });
    if (!listens) say(`worker ${worker.process.pid} stays: its replacement did not listen`);
    else {
      retired.delete(next.id);
      if (!worker.isDead()) await retire(worker);
    }
    return listens;
  };
  const workers = () => Object.values(cluster.workers).filter((worker) => !retired.has(worker.id));
  const finish = () => {
    if (Object.values(cluster.workers).every((worker) => worker.isDead())) process.exit(0);
  };
  const stop = () => {
    if (leaving) return;
    leaving = true;
    for (const worker of workers()) worker.process.kill('SIGTERM');
    finish();
  };
  const oneByOne = async () => {
    for (const worker of workers()) if (leaving || !(await replace(worker))) return;
  };
  const allAtOnce = () => Promise.all(workers().map(replace));
  const queued = (order) => () => (replacing = replacing.then(() => (leaving ? undefined : order())));

  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', queued(allAtOnce));
  process.on('SIGUSR2', queued(oneByOne));
  for (let index = 0; index < count; index += 1) start();
}

const count = Number(values.workers);
if (count > 0 && cluster.isPrimary) lead(count);
else await serve();
