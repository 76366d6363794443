// shop for Node.js: the same pages, knobs and header as shop.rb beside it, for a server that hands over requests.
// It is copied into nodes when they start; every knob is an environment variable, set by harness/tier/apps/shop.ts.
import { appendFileSync, readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const FIRST_ANSWERS = '/var/log/shop/first-answers.log';
const CART = '/var/lib/shop/cart.log';
const SHED_EVERY_MS = 500;
const MOST_OF_A_BODY = 1024;

/** Pid, start time and exec generation, as the agent of remuster reads them: fields 22 and 26, 28, 48, 50 of proc(5). */
function keyOf(pid) {
  try {
    // The name in parentheses may itself hold spaces and parentheses; the fields follow the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const exec = [26, 28, 48, 50].reduce((xor, field) => xor ^ BigInt(fields[field - 3]), 0n) & 0xffffffffn;
    return `${pid}.${fields[19]}.${exec.toString(36)}`;
  } catch {
    return `${pid}.0.0`;
  }
}

/** Memory kept for each request and for how long, as a cache that lives for some seconds would. */
class Keeper {
  #kept = [];
  #forGood = [];
  #timer;
  #collect;

  constructor(kib, keepMs) {
    this.bytes = kib * 1024;
    this.keepMs = keepMs;
  }

  keep() {
    if (this.bytes === 0) return;
    // Filled, and not only allocated, so that the memory is resident at once.
    this.#kept.push({ untilMs: performance.now() + this.keepMs, memory: Buffer.alloc(this.bytes, 'x') });
    this.#timer ??= setInterval(() => this.#shed(), SHED_EVERY_MS).unref();
  }

  grow(bytes) {
    this.#forGood.push(Buffer.alloc(bytes, 'x'));
  }

  #shed() {
    const now = performance.now();
    const live = this.#kept.findIndex(({ untilMs }) => untilMs > now);
    const over = this.#kept.splice(0, live < 0 ? this.#kept.length : live).length;
    if (over === 0) return;
    // Memory of buffers goes back when they are collected: at once, or the size of the process is a matter of luck.
    if (!this.#collect) {
      setFlagsFromString('--expose-gc');
      this.#collect = runInNewContext('gc');
    }
    this.#collect();
  }
}

/** A cart that must not lose what it accepted: written and synced before the answer. */
const cart = {
  async add(item) {
    const file = await open(CART, 'a', 0o644);
    try {
      await file.appendFile(`${item.replaceAll('\n', '')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  async items() {
    const text = await readFile(CART, 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text.split('\n').slice(0, -1);
  },
};

function number(name) {
  return Number.parseFloat(process.env[name] ?? '0') || 0;
}

function escapeHtml(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]);
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).subarray(0, MOST_OF_A_BODY).toString();
}

class Shop {
  #serviceMs = number('SHOP_SERVICE_MS');
  #logBytes = number('SHOP_LOG_BYTES');
  #sickAfter = number('SHOP_SICK_AFTER');
  #keeper = new Keeper(number('SHOP_KEEP_KIB'), number('SHOP_KEEP_FOR_MS'));
  // The parent is the one of the start, so that a worker which outlives its primary still names the old one.
  #own = keyOf(process.pid);
  #generation = `${this.#own}/${keyOf(process.ppid)}`;
  #answered = false;
  #requests = 0;

  async handle(request, response) {
    const [path, query = ''] = request.url.split(/\?(.*)/s);
    const [status, type, body] = await this.#answer(request, path, query);
    this.#firstAnswer();
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'x-generation': this.#generation,
    });
    response.end(body);
  }

  /** Whoever served takes its time to leave. */
  async leave() {
    if (this.#answered) await sleep(number('SHOP_DRAIN_MS'));
  }

  async #answer(request, path, query) {
    const isSick = this.#sickAfter > 0 && this.#requests >= this.#sickAfter;
    if (path === '/health' && !isSick) return [200, 'text/plain', 'ok\n'];
    if (path === '/__grow') return this.#grow(query);
    if (isSick) return [500, 'text/plain', 'sick\n'];
    this.#requests += 1;
    await this.#work(request, path);
    return this.#page(request, path, query);
  }

  async #page(request, path, query) {
    switch (path) {
      case '/':
        return [200, 'text/html', `<html><body><h1>shop</h1>${'.'.repeat(2000)}</body></html>\n`];
      case '/search':
        return [200, 'text/html', `<html><body><p>${escapeHtml(query)}</p>${'.'.repeat(1000)}</body></html>\n`];
      case '/cart': {
        if (request.method !== 'POST') return [200, 'application/json', JSON.stringify(await cart.items())];
        const item = await bodyOf(request);
        await cart.add(item);
        return [201, 'application/json', JSON.stringify({ added: item })];
      }
      default:
        return [404, 'text/plain', 'no such page\n'];
    }
  }

  /** What a request costs: time, memory for a while, and a line of log on standard output. */
  async #work(request, path) {
    if (this.#serviceMs > 0) await sleep(this.#serviceMs);
    this.#keeper.keep();
    if (this.#logBytes > 0) this.#log(request, path);
  }

  #log(request, path) {
    const line = { at: Date.now() / 1000, method: request.method, path, pid: process.pid, status: 200 };
    const agent = 'x'.repeat(Math.max(0, this.#logBytes - JSON.stringify(line).length - 12));
    process.stdout.write(`${JSON.stringify({ ...line, agent })}\n`);
  }

  #grow(query) {
    const mib = Number(/mib=(\d+)/.exec(query)?.[1] ?? 0);
    this.#keeper.grow(mib * 1024 ** 2);
    return [200, 'text/plain', `kept ${mib} MiB more in pid ${process.pid}\n`];
  }

  /** A line for the first answer of each process, written right before the answer is handed to the server. */
  #firstAnswer() {
    if (this.#answered) return;
    this.#answered = true;
    const line = { at_wall_ms: Date.now(), key: this.#own, pid: process.pid };
    appendFileSync(FIRST_ANSWERS, `${JSON.stringify(line)}\n`);
  }
}

/** What a server calls once in each process that is to answer. */
export async function application() {
  const shop = new Shop();
  await sleep(number('SHOP_BOOT_MS'));
  return shop;
}
