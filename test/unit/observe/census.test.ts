// Roles of processes on a node, on process lists as real supervisors and servers make them.
import { describe, expect, it } from 'vitest';
import { mentions, NO_MEMORY, programNames, takeCensus, type Known } from '../../../harness/observe/agent/census.js';
import type { CensusMemory } from '../../../harness/observe/agent/census.js';

const PROGRAMS = programNames(
  ['/opt/shop/launch', 'rig', '/usr/bin/unicorn', '-c', '/etc/u.rb'],
  'unicorn master -c /etc/u.rb',
);
const isBluepill = ({ command }: { command: string }): boolean => command.startsWith('bluepilld');
const isPid1 = ({ pid }: { pid: number }): boolean => pid === 1;

/** `100<1 a unicorn master`: pid, parent, exec generation, command; `*` holds the listener, `!` is a zombie. */
function parse(line: string): Known & { readonly holds: boolean } {
  const match = /^(\d+)([*!]?)<(\d+) (\w+) (.*)$/.exec(line.trim());
  const [, pid = '', mark = '', ppid = '', exec = '', command = ''] = match ?? [];
  return {
    key: `${pid}.${pid}0.${exec}`,
    pid: Number(pid),
    ppid: Number(ppid),
    zombie: mark === '!',
    command,
    looksLikeService: mentions(command, PROGRAMS),
    holds: mark === '*',
  };
}

function node(isSupervisor: typeof isBluepill | typeof isPid1, listensNowhere = false) {
  let memory: CensusMemory = NO_MEMORY;
  return (trackedPid: number | null, lines: string): string => {
    const processes = lines.trim().split('\n').map(parse);
    const census = takeCensus({
      processes,
      holders: new Set(processes.filter((process) => process.holds).map((process) => process.pid)),
      trackedPid,
      isSupervisor,
      listensNowhere,
      memory,
    });
    memory = census.memory;
    return census.processes
      .map(({ pid, role, zombie, holdsListener }) => `${pid}${zombie ? '!' : ''}${holdsListener ? '*' : ''} ${role}`)
      .join(', ');
  };
}

const BLUEPILL = `
1<0 i /sbin/docker-init -- sleep infinity
7<1 s sleep infinity
20<1 b bluepilld: shop`;
const UNICORN = `
100*<1 u unicorn master -D -c /etc/u.rb
101*<100 u unicorn worker[0] -D
102*<100 u unicorn worker[1] -D`;

describe('census under bluepill', () => {
  it('follows a cold start of unicorn: launcher, daemonized master, workers', () => {
    const look = node(isBluepill);
    expect(look(null, `${BLUEPILL}\n30<20 b bluepilld: shop`)).toBe('20 supervisor');
    expect(look(null, `${BLUEPILL}\n30<20 u ruby /usr/bin/unicorn -D`)).toBe('20 supervisor, 30 starting');
    expect(look(null, `${BLUEPILL}\n30<20 u ruby /usr/bin/unicorn -D\n100<30 u ruby /usr/bin/unicorn -D`)).toBe(
      '20 supervisor, 30 starting, 100 starting',
    );
    expect(look(null, `${BLUEPILL}\n100*<1 u ruby /usr/bin/unicorn -D`)).toBe('20 supervisor, 100* master');
    expect(look(100, BLUEPILL + UNICORN)).toBe('20 supervisor, 100* master, 101* worker, 102* worker');
  });

  it('does not take short-lived helpers of the supervisor, nor other servers of the same user, for the service', () => {
    const look = node(isBluepill);
    const others = '\n40<20 p ps axo pid,ppid,pcpu,rss\n50<1 n nginx: worker process';
    expect(look(100, BLUEPILL + UNICORN + others)).toBe('20 supervisor, 100* master, 101* worker, 102* worker');
  });

  it('calls the workers of a killed master strays until they are gone, and makes none of them a master', () => {
    const look = node(isBluepill);
    look(100, BLUEPILL + UNICORN);
    const orphans = '\n101*<1 u unicorn worker[0] -D\n102*<1 u unicorn worker[1] -D';
    // A worker that was forked after the last look is known by its exec generation.
    const late = '\n103*<1 u unicorn master -D';
    expect(look(100, BLUEPILL + orphans + late)).toBe('20 supervisor, 101* stray, 102* stray, 103* stray');
    expect(look(null, BLUEPILL + orphans)).toBe('20 supervisor, 101* stray, 102* stray');
    expect(look(null, `${BLUEPILL}${orphans}\n200*<1 v unicorn master -D\n201*<200 v unicorn worker[0]`)).toBe(
      '20 supervisor, 101* stray, 102* stray, 200* master, 201* worker',
    );
    expect(look(200, `${BLUEPILL}\n200*<1 v unicorn master -D`)).toBe('20 supervisor, 200* master');
  });

  it('finds the master among orphans that were there from the start', () => {
    const look = node(isBluepill);
    expect(look(null, BLUEPILL + UNICORN)).toBe('20 supervisor, 100* master, 101* worker, 102* worker');
  });

  it('follows USR2: the successor is below the old master, then takes its place though nobody tracks it yet', () => {
    const look = node(isBluepill);
    look(100, BLUEPILL + UNICORN);
    const next = '\n200*<100 v unicorn master -D\n201*<200 v unicorn worker[0] -D';
    expect(look(100, BLUEPILL + UNICORN + next)).toBe(
      '20 supervisor, 100* master, 101* worker, 102* worker, 200* worker, 201* worker',
    );
    expect(look(100, `${BLUEPILL}\n200*<1 v unicorn master -D\n201*<200 v unicorn worker[0] -D`)).toBe(
      '20 supervisor, 200* master, 201* worker',
    );
  });

  it('sees a foreground server below a forked helper, which is neither supervisor nor service', () => {
    const look = node(isBluepill);
    const foreground = '\n30<20 b bluepilld: shop\n100*<30 u unicorn master -c /etc/u.rb\n101*<100 u unicorn worker[0]';
    expect(look(100, BLUEPILL + foreground)).toBe('20 supervisor, 100* master, 101* worker');
    // bluepilld is killed: its helper lives on and is no new supervisor.
    const left = BLUEPILL.replace(/\n20.*/, '') + foreground.replace('30<20', '30<1');
    expect(look(100, left)).toBe('100* master, 101* worker');
  });

  it('keeps a drained master and its workers apart from strays, and none of its workers inherits its role', () => {
    const look = node(isBluepill);
    look(100, BLUEPILL + UNICORN);
    // At QUIT the master closes its listener first.
    expect(look(100, BLUEPILL + UNICORN.replace('100*', '100'))).toBe(
      '20 supervisor, 100 starting, 101* starting, 102* starting',
    );
  });

  it('calls a second copy a stray, and one that holds the listener too', () => {
    const look = node(isBluepill);
    look(100, BLUEPILL + UNICORN);
    const copy = '\n300<1 c /usr/bin/unicorn -c /etc/u.rb\n301*<1 d unicorn master -c /etc/u.rb';
    expect(look(100, BLUEPILL + UNICORN + copy)).toBe(
      '20 supervisor, 100* master, 101* worker, 102* worker, 300 stray, 301* stray',
    );
  });

  it('makes the untracked second copy the master when the tracked one is gone and nothing is tracked', () => {
    const look = node(isBluepill);
    const copy = '\n301*<1 d unicorn master -c /etc/u.rb';
    look(100, BLUEPILL + UNICORN + copy);
    expect(look(null, BLUEPILL + copy)).toBe('20 supervisor, 301* master');
  });

  it('shows zombies of the service, and a dead supervisor that nobody reaped', () => {
    const look = node(isBluepill);
    look(100, BLUEPILL + UNICORN);
    const dead = (BLUEPILL + UNICORN).replace('102*', '102!').replace('20<', '20!<');
    expect(look(100, dead)).toBe('20! supervisor, 100* master, 101* worker, 102! worker');
  });

  it('follows a server that bound before it put itself into the background', () => {
    const look = node(isBluepill);
    expect(look(null, `${BLUEPILL}\n100*<20 u unicorn`)).toBe('20 supervisor, 100* master');
    expect(look(null, `${BLUEPILL}\n150*<1 u unicorn\n151*<150 u unicorn`)).toBe(
      '20 supervisor, 150* master, 151* worker',
    );
    expect(look(150, `${BLUEPILL}\n150*<1 u unicorn`)).toBe('20 supervisor, 150* master');
  });
});

describe('census under systemd', () => {
  const SYSTEMD = `
1<0 s /lib/systemd/systemd
20<1 j /lib/systemd/systemd-journald
21<1 d /usr/bin/dbus-daemon --system`;

  it('takes what is tracked for the master where the supervisor holds the listener itself', () => {
    const look = node(({ command }: { command: string }) => command.startsWith('PM2 v'));
    const tini = '1<0 i /sbin/docker-init -- sleep infinity';
    const daemon = (mark: string): string => `${tini}\n20${mark}<1 g PM2 v7.0.3: God Daemon (/var/lib/pm2)`;
    expect(look(31, `${daemon('')}\n31<20 n node /etc/shop/serve.mjs`)).toBe('20 supervisor, 31 starting');
    expect(look(31, `${daemon('*')}\n31<20 n node /etc/shop/serve.mjs`)).toBe('20* supervisor, 31 master');
    expect(look(null, daemon('*'))).toBe('20* supervisor');
    expect(look(44, `${daemon('*')}\n44<20 m node /etc/shop/serve.mjs`)).toBe('20* supervisor, 44 master');
  });

  it('knows pid 1 as the supervisor and leaves its other services alone', () => {
    const look = node(isPid1);
    expect(look(100, SYSTEMD + UNICORN)).toBe('1 supervisor, 100* master, 101* worker, 102* worker');
  });

  it('has a single puma as its own master, and shows it starting before it listens', () => {
    const look = node(isPid1);
    expect(look(60, `${SYSTEMD}\n60<1 p ruby /usr/bin/puma`)).toBe('1 supervisor, 60 starting');
    expect(look(60, `${SYSTEMD}\n60*<1 p puma 5.6.5 (tcp://0.0.0.0:8080) [shop]`)).toBe('1 supervisor, 60* master');
  });

  it('does not take a process for the master under the key that it had before its exec', () => {
    const look = node(isPid1);
    expect(look(60, `${SYSTEMD}\n60*<1 s ruby /usr/bin/puma`)).toBe('1 supervisor, 60 starting');
    expect(look(60, `${SYSTEMD}\n60*<1 p ruby /usr/bin/puma`)).toBe('1 supervisor, 60* master');
  });

  it('has the cluster of puma below the process that holds the listener, and a wrapper above it as starting', () => {
    const look = node(isPid1);
    const puma = '\n59<1 w sh -c puma\n60*<59 p puma 5.6.5\n61*<60 p puma: cluster worker 0: 60\n62<60 q git describe';
    expect(look(59, SYSTEMD + puma)).toBe('1 supervisor, 59 starting, 60* master, 61* worker, 62 worker');
  });
});

it('tells the service by the programs it is started with', () => {
  expect([...PROGRAMS]).toEqual(['launch', 'unicorn']);
  expect(mentions('sh -c exec /usr/bin/unicorn -D', PROGRAMS)).toBe(true);
  expect(mentions('puma: cluster worker', programNames(['/usr/bin/puma'], null))).toBe(true);
  expect(mentions('ruby /srv/unicorns.rb', PROGRAMS)).toBe(false);
});

describe('census of a service that listens nowhere', () => {
  const RUNSV = `
1<0 r runsvdir /etc/service
20<1 s runsv jobs`;
  const isRunsv = ({ command }: { command: string }): boolean => command === 'runsv jobs';

  it('takes what the supervisor tracks for the server, and what is below that for its workers', () => {
    const look = node(isRunsv, true);
    expect(look(null, RUNSV)).toBe('20 supervisor');
    expect(look(30, `${RUNSV}\n30<20 s runsv jobs`)).toBe('20 supervisor');
    expect(look(30, `${RUNSV}\n30<20 a ruby jobs.rb\n31<30 a ruby job`)).toBe('20 supervisor, 30 master, 31 worker');
    expect(look(30, `${RUNSV}\n31<1 a ruby job`)).toBe('20 supervisor, 31 stray');
    expect(look(40, `${RUNSV}\n40<20 b ruby jobs.rb`)).toBe('20 supervisor, 40 master');
  });

  it('keeps it while the supervisor is not heard; one that the next supervisor starts beside it is another', () => {
    const look = node(isRunsv, true);
    expect(look(30, `${RUNSV}\n30<20 a ruby jobs.rb`)).toBe('20 supervisor, 30 master');
    expect(look(null, '1<0 r runsvdir /etc/service\n30<1 a ruby jobs.rb')).toBe('30 master');
    expect(look(50, '1<0 r runsvdir /etc/service\n30<1 a ruby jobs.rb\n41<1 t runsv jobs\n50<41 b ruby jobs.rb')).toBe(
      '41 supervisor, 30 stray, 50 master',
    );
  });
});
