# shop for WSGI servers: the same pages, knobs and header as shop.rb beside it.
# It is copied into nodes when they start; every knob is an environment variable, set by harness/tier/apps/shop.ts.
import atexit
import html
import json
import os
import re
import threading
import time
from collections import deque

FIRST_ANSWERS = '/var/log/shop/first-answers.log'
CART = '/var/lib/shop/cart.log'
SHED_EVERY_S = 0.5
MOST_OF_A_BODY = 1024
REASONS = {200: '200 OK', 201: '201 Created', 404: '404 Not Found', 500: '500 Internal Server Error'}


def key_of(pid):
    """Pid, start time and exec generation, as the agent of remuster reads them: fields 22 and 26, 28, 48, 50 of proc(5)."""
    try:
        with open(f'/proc/{pid}/stat', encoding='latin-1') as file:
            # The name in parentheses may itself hold spaces and parentheses; the fields follow the last one.
            fields = file.read().rpartition(')')[2].split()
    except OSError:
        return f'{pid}.0.0'
    generation = 0
    for field in (26, 28, 48, 50):
        generation ^= int(fields[field - 3])
    return f'{pid}.{fields[19]}.{base36(generation & 0xFFFFFFFF)}'


def base36(number):
    digits = ''
    while True:
        number, digit = divmod(number, 36)
        digits = '0123456789abcdefghijklmnopqrstuvwxyz'[digit] + digits
        if number == 0:
            return digits


def number(name):
    return float(os.environ.get(name, '0'))


def compact(value):
    return json.dumps(value, separators=(',', ':'))


def append(path, line, sync=False):
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, f'{line}\n'.encode())
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Keeper:
    """Memory kept for each request and for how long, as a cache that lives for some seconds would."""

    def __init__(self, kib, keep_ms):
        self.bytes = int(kib) * 1024
        self.keep_s = keep_ms / 1000
        self.kept = deque()
        self.for_good = []
        self.sheds = False

    def keep(self):
        if self.bytes == 0:
            return
        # A thread does not survive a fork, so each worker starts its own at its first request.
        if not self.sheds:
            self.sheds = True
            threading.Thread(target=self.shed, daemon=True).start()
        # Filled, and not only allocated, so that the memory is resident at once.
        self.kept.append((time.monotonic() + self.keep_s, b'x' * self.bytes))

    def grow(self, amount):
        self.for_good.append(b'x' * amount)

    def shed(self):
        while True:
            time.sleep(SHED_EVERY_S)
            while self.kept and self.kept[0][0] <= time.monotonic():
                self.kept.popleft()


class Generation:
    """What a process says of itself with each answer. Worked out when the application is loaded, and again in a worker
    that is forked after that: one which outlives its master still names the old one."""

    def __init__(self):
        self.lock = threading.Lock()
        self.look()
        os.register_at_fork(after_in_child=self.look)

    def look(self):
        self.own = key_of(os.getpid())
        self.text = f'{self.own}/{key_of(os.getppid())}'
        self.has_answered = False

    def answered(self):
        """A line for the first answer of each process, written right before the answer is handed to the server."""
        if self.has_answered:
            return
        with self.lock:
            if self.has_answered:
                return
            self.has_answered = True
            line = {'at_wall_ms': round(time.time() * 1000, 1), 'key': self.own, 'pid': os.getpid()}
            append(FIRST_ANSWERS, compact(line))


class Cart:
    """A cart that must not lose what it accepted: written and synced before the answer."""

    def add(self, item):
        append(CART, item.replace('\n', ''), sync=True)

    def items(self):
        try:
            with open(CART, encoding='utf-8') as file:
                return file.read().split('\n')[:-1]
        except FileNotFoundError:
            return []


class Shop:
    def __init__(self):
        self.service_s = number('SHOP_SERVICE_MS') / 1000
        self.log_bytes = int(number('SHOP_LOG_BYTES'))
        self.sick_after = int(number('SHOP_SICK_AFTER'))
        self.keeper = Keeper(number('SHOP_KEEP_KIB'), number('SHOP_KEEP_FOR_MS'))
        self.cart = Cart()
        self.generation = Generation()
        self.requests = 0
        time.sleep(number('SHOP_BOOT_MS') / 1000)
        self.drain_s = number('SHOP_DRAIN_MS') / 1000
        atexit.register(self.leave)

    def __call__(self, environ, start_response):
        status, kind, text = self.answer(environ, environ['PATH_INFO'])
        body = text.encode()
        self.generation.answered()
        start_response(
            REASONS[status],
            [
                ('content-type', kind),
                ('content-length', str(len(body))),
                ('x-generation', self.generation.text),
            ],
        )
        return [body]

    def leave(self):
        """Whoever served takes its time to leave; where the application was loaded before the fork, the master did not."""
        if self.generation.has_answered:
            time.sleep(self.drain_s)

    def answer(self, environ, path):
        is_sick = 0 < self.sick_after <= self.requests
        if path == '/health' and not is_sick:
            return 200, 'text/plain', 'ok\n'
        if path == '/__grow':
            return self.grow(environ.get('QUERY_STRING', ''))
        if is_sick:
            return 500, 'text/plain', 'sick\n'
        self.requests += 1
        self.work(environ, path)
        return self.page(environ, path)

    def page(self, environ, path):
        if path == '/':
            return 200, 'text/html', f"<html><body><h1>shop</h1>{'.' * 2000}</body></html>\n"
        if path == '/search':
            query = html.escape(environ.get('QUERY_STRING', ''))
            return 200, 'text/html', f"<html><body><p>{query}</p>{'.' * 1000}</body></html>\n"
        if path == '/cart':
            if environ['REQUEST_METHOD'] != 'POST':
                return 200, 'application/json', compact(self.cart.items())
            item = environ['wsgi.input'].read(MOST_OF_A_BODY).decode()
            self.cart.add(item)
            return 201, 'application/json', compact({'added': item})
        return 404, 'text/plain', 'no such page\n'

    def work(self, environ, path):
        """What a request costs: time, memory for a while, and a line of log on standard output."""
        if self.service_s > 0:
            time.sleep(self.service_s)
        self.keeper.keep()
        if self.log_bytes > 0:
            self.log(environ, path)

    def log(self, environ, path):
        line = {'at': round(time.time(), 3), 'method': environ['REQUEST_METHOD'], 'path': path, 'pid': os.getpid(), 'status': 200}
        line['agent'] = 'x' * max(0, self.log_bytes - len(compact(line)) - 12)
        os.write(1, f'{compact(line)}\n'.encode())

    def grow(self, query):
        found = re.search(r'mib=(\d+)', query)
        mib = int(found.group(1)) if found else 0
        self.keeper.grow(mib * 1024**2)
        return 200, 'text/plain', f'kept {mib} MiB more in pid {os.getpid()}\n'


application = Shop()
