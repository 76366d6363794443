// What somebody on call reads at the end of a run: order, width, colours, and that nothing foreign slips in.
import { describe, expect, it } from 'vitest';
import { renderTerminal } from '../../../harness/report/terminal.js';
import { widthOf } from '../../../harness/report/text.js';
import { environment, flagship, plans, production, surprising } from './flagship.js';

const COPIED = 'again    ';

function screen(columns: number, env: Record<string, string> = {}, isTTY = false): string {
  return renderTerminal(flagship, { columns, plans, env, isTTY });
}

describe('the summary on the terminal', () => {
  it('says the verdict of each environment before anything else', () => {
    const lines = screen(120).split('\n');
    expect(lines[0]).toBe('supervisor-swap  seed 7  3 environments  4 nodes  60 users  3 min 51 s');
    expect(lines[2]).toMatch(
      /release +PASS +as expected +5 of 5 restarts proved +slowest back in 0\.9 s +0\.02 % failed/,
    );
    expect(lines[3]).toMatch(
      /production +FAIL +as expected +0 of 4 restarts proved +never back +58\.1 % failed +TOTAL OUTAGE/,
    );
  });

  it('explains only what is not a plain pass, and ends with what to do and the exit code', () => {
    const text = screen(120);
    expect(text).toContain('production: FAIL. web-1 was restarted by bluepill');
    expect(text).not.toContain('release: every node came back');
    expect(text).toContain(`${COPIED}npx remuster run scenarios/supervisor-swap.ts --env production --seed 7\n`);
    expect(text.trimEnd().split('\n').at(-1)).toBe('exit 0: pass, every environment ended as the scenario expects');
  });

  it('repeats the environments that were asked for, and those only', () => {
    const fine = flagship.environments.filter(({ verdict }) => verdict === 'pass');
    const [command = ''] = renderTerminal(
      { ...flagship, environments: fine, isSelection: true },
      { columns: 120, plans },
    )
      .split('\n')
      .filter((line) => line.startsWith(COPIED));
    expect(command).toContain(fine.map(({ name }) => `--env ${name}`).join(' '));
    const [whole = ''] = renderTerminal({ ...flagship, environments: fine }, { columns: 120, plans })
      .split('\n')
      .filter((line) => line.startsWith(COPIED));
    expect(whole).not.toContain('--env');
  });

  it('tells how late its own generator was and what CPU it took, the worst of all environments', () => {
    expect(screen(120)).toContain('\nload     generator 3 ms late at most (p99), 31.0 % of a core\n');
    const untold = { ...flagship, environments: [production] };
    expect(renderTerminal(untold, { columns: 120, plans })).not.toContain('generator');
  });

  it('tells the story with smoke check, quotes, and what the supervisors say at the end', () => {
    const text = screen(120);
    expect(text).toContain('smoke check after the deployment   green: 4 of 4 nodes answered 200');
    expect(text).toMatch(
      /31\.1 s {2}web-1 {2}! bluepill: "Did you forget to tell bluepill to daemonize this process\?/,
    );
    expect(text).toContain('TOTAL OUTAGE, 37.3 s after the first restart');
    expect(text).toContain('"up" on all 4 nodes');
    expect(text).toContain('4 more lines in summary.md');
  });

  it('shows held claims relative to the restart and broken ones with their evidence', () => {
    const text = screen(120);
    expect(text).toMatch(/held +old-gone 0\.3 s +new-there 0\.7 s/);
    expect(text).toMatch(/BROKEN +answers +0 of 5 direct answers since 31\.2 s; connects, then no byte in 2 s/);
    expect(text).toMatch(/alike +web-4 restart 1 .*web-3 restart 1/);
  });

  it('names the setting in which the lost environment differs from its nearest twin first', () => {
    const lines = screen(120).split('\n');
    const at = lines.findIndex((line) => line.startsWith('what differs'));
    expect(lines[at + 1]).toMatch(
      /server\.daemonize +false \(release\) +false \(production\) +true \(production-fixed\)/,
    );
  });

  it.each([40, 60, 80, 200])(
    'stays within %i columns, but never tears the command that is there to be copied',
    (columns) => {
      const wide = screen(columns, { FORCE_COLOR: '1' })
        .split('\n')
        .filter((line) => widthOf(line) > columns && !line.startsWith(COPIED));
      expect(wide).toEqual([]);
    },
  );

  it('has no control characters without a terminal, with NO_COLOR, or in CI, though the quoted words had some', () => {
    const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
    expect(screen(100)).not.toMatch(control);
    expect(screen(100, { NO_COLOR: '1', FORCE_COLOR: '1' }, true)).not.toMatch(control);
    expect(screen(100, { CI: 'true' }, true)).not.toMatch(control);
    expect(screen(100, { TERM: 'xterm' }, true)).toMatch(control);
  });

  it('says what surprises: an unexpected failure, an interrupt, something left behind', () => {
    const text = renderTerminal(
      { ...surprising, leftBehind: ['container remuster-web-3'] },
      { columns: 120, plans, notes: ['junit.xml is not whole: no space'] },
    );
    expect(text).toContain('NOT as expected (pass)');
    expect(text).toContain('container remuster-web-3: remuster clean');
    expect(text).toContain('junit.xml is not whole: no space');
    const cut = environment('release', {
      verdict: 'inconclusive',
      asExpected: false,
      interrupted: true,
      receipts: [],
      cut: { reason: 'interrupted', evidence: 'SIGINT in round 1' },
    });
    const interrupted = renderTerminal({ ...flagship, environments: [cut], exitCode: 130 }, { columns: 120, plans });
    expect(interrupted).toMatch(/INCONCLUSIVE .*no restarts .*interrupted/);
    expect(interrupted).toContain('cut short  interrupted: SIGINT in round 1');
    expect(interrupted).toContain('exit 130: interrupted, after cleanup');
  });

  it('names the expected finding that is missing', () => {
    const quiet = { ...production, asExpected: false, findings: production.findings.slice(0, 4) };
    const text = renderTerminal({ ...flagship, environments: [quiet], exitCode: 99 }, { columns: 160, plans });
    expect(text).toContain('NOT as expected (no finding of no-cascade)');
  });
});
