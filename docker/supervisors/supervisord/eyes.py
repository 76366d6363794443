# What supervisord says, seen from inside a node; given to `python3 -c`, since supervisord brings Python along.
#   status PROGRAM CONFIG SOCKET LOG   prints one answer and ends
#   watch PROGRAM CONFIG SOCKET LOG    prints answers (S) and new lines of the log (L) until standard input closes
# SOCKET and LOG are for a configuration that does not say where they are.
# supervisord writes a line for each change of state, so it is asked only now and then. More than that would be felt: its
# loop sleeps for up to a second (supervisord.py, runforever) and each question wakes it, to a restart earlier than its own.
import configparser
import http.client
import os
import select
import socket
import sys
import time
import xmlrpc.client

ANSWER_S = 2
LOOK_S = 0.1
ASK_EVERY_S = 5
ASK_AGAIN_S = 0.5


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(ANSWER_S)
        self.sock.connect(PATH)


class Transport(xmlrpc.client.Transport):
    def make_connection(self, host):
        return Connection(host)


def ask():
    """State, pid and description in one line; and supervisord's own pid, 0 when there was no answer."""
    try:
        with xmlrpc.client.ServerProxy('http://supervisord', Transport()) as server:
            info = server.supervisor.getProcessInfo(PROGRAM)
            return f"{info['statename']} {info['pid']} {info['description']}", server.supervisor.getPID()
    except Exception as error:  # whatever it is, it is the evidence
        return f'unreachable 0 {type(error).__name__}: {error}', 0


def tell(letter, text):
    print(letter, ' '.join(text.split()), flush=True)


def alive(pid):
    return os.path.exists(f'/proc/{pid}')


def tell_lines(log):
    """Whole lines only: the rest of one that is being written comes with the next look."""
    told = False
    while True:
        start = log.tell()
        line = log.readline()
        if not line.endswith('\n'):
            log.seek(start)
            return told
        tell('L', line)
        told = True


def watch(log):
    supervisord, due = 0, 0
    while not select.select([sys.stdin], [], [], LOOK_S)[0]:
        tell_lines(log)
        now = time.monotonic()
        if now < due and (supervisord == 0 or alive(supervisord)):
            continue
        answer, supervisord = ask()
        # A line that was written meanwhile may be older or newer than the answer: it is told first, and asked again.
        if tell_lines(log):
            due = now
            continue
        due = now + (ASK_EVERY_S if supervisord else ASK_AGAIN_S)
        tell('S', answer)


def configured(file, section, key, default):
    """A value of supervisord.conf. Its expansions are its own: one that has some is taken for the default."""
    conf = configparser.RawConfigParser(strict=False, inline_comment_prefixes=(';', '#'))
    try:
        conf.read(file)
        value = conf.get(section, key, fallback=default).strip()
    except configparser.Error:
        value = default
    return default if '%' in value else value


PROGRAM = sys.argv[2]
PATH = configured(sys.argv[3], 'unix_http_server', 'file', sys.argv[4])
LOG = configured(sys.argv[3], 'supervisord', 'logfile', sys.argv[5])
if sys.argv[1] == 'status':
    print(ask()[0])
else:
    # /dev/stdout and the like have no lines to read back.
    with open(LOG if os.path.isfile(LOG) else os.devnull, errors='replace') as log:
        log.seek(0, os.SEEK_END)
        watch(log)
