// JUnit as CI systems read it: well formed, right counts, red only when the scenario is surprised.
import { describe, expect, it } from 'vitest';
import { checks } from '../../../harness/verdict/checks/index.js';
import { renderJunit } from '../../../harness/report/junit.js';
import { environment, flagship, plans, production, receipt, surprising } from './flagship.js';

/** Walks the tags; throws where one closes that did not open. Attributes must be quoted, text must not hold '<' or a bare '&'. */
function elements(xml: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const body = xml.replace(/^<\?xml [^?]*\?>\s*/, '').replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  const rest = body.replace(
    /<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, close: string, name: string, _attributes, empty: string) => {
      if (close !== '') expect(open.pop()).toBe(name);
      else {
        seen.push(name);
        if (empty === '') open.push(name);
      }
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest.trim()).toBe('');
  expect(body).not.toMatch(/&(?!amp;|lt;|gt;|quot;|apos;|#)/);
  return seen;
}

function attribute(xml: string, name: string): number {
  return Number(new RegExp(`<testsuites [^>]*${name}="(\\d+)"`).exec(xml)?.[1]);
}

describe('junit', () => {
  it('has one case per claim, per check and per verdict, all of different names, and is not red when all is as expected', () => {
    const xml = renderJunit(flagship, plans);
    const seen = elements(xml);
    const receipts = flagship.environments.flatMap((each) => each.receipts).length;
    const cases = receipts * 10 + 3 * Object.keys(checks).length + 3;
    expect(seen.filter((name) => name === 'testcase')).toHaveLength(cases);
    expect(attribute(xml, 'tests')).toBe(cases);
    expect(attribute(xml, 'failures')).toBe(0);
    expect(attribute(xml, 'errors')).toBe(0);
    // 4 receipts with 5 broken claims, and two checks with findings.
    expect(attribute(xml, 'skipped')).toBe(22);
    expect(xml).toContain(
      'expected failure: web-1 restart 1 (policy: memory, 228 of 213 MiB, round 1): answers broken',
    );
    const names = [...xml.matchAll(/classname="[^"]*" name="[^"]*"/g)].map((match) => match[0]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is red, with the reason in the message, when the same result was not expected', () => {
    const xml = renderJunit(surprising, plans);
    elements(xml);
    // The verdict, two checks, and the broken claims.
    expect(attribute(xml, 'failures')).toBe(1 + 2 + 20);
    expect(xml).toMatch(/<failure message="[^"]*0 of 5 direct answers since 31\.2 s; connects, then no byte in 2 s"/);
  });

  it('tells not observed as an error and not applicable as skipped', () => {
    const whole = receipt('web-1', 1, 1000);
    const odd = environment('release', {
      verdict: 'inconclusive',
      asExpected: false,
      receipts: [
        {
          ...whole,
          claims: whole.claims.map((claim) => {
            if (claim.id === 'answers') return { ...claim, state: 'not-observed', evidence: 'the prober was blind' };
            if (claim.id === 'old-gone') return { ...claim, state: 'not-applicable', reason: 'kept by its path' };
            return claim;
          }),
        },
      ],
    });
    const xml = renderJunit({ ...flagship, environments: [odd] }, plans);
    elements(xml);
    expect(attribute(xml, 'failures')).toBe(0);
    expect(attribute(xml, 'errors')).toBe(2);
    expect(attribute(xml, 'skipped')).toBe(1);
    expect(xml).toContain('not applicable: kept by its path');
  });

  it('survives what servers write into their logs, and does not depend on the clock', () => {
    const nasty = {
      ...production,
      asExpected: false,
      summary: 'a <b> & "c" \u001b[31m\u0000 ]]> \ud800 end',
    };
    const xml = renderJunit({ ...flagship, environments: [nasty] }, plans);
    elements(xml);
    expect(xml).toContain('a &lt;b> &amp; &quot;c&quot; ]]> end');
    expect(renderJunit({ ...flagship, environments: [nasty] }, plans)).toBe(xml);
  });

  it('claims no check for a tier that did not boot', () => {
    const cut = environment('release', {
      verdict: 'inconclusive',
      asExpected: false,
      receipts: [],
      findings: [],
      cut: { reason: 'boot-failed', evidence: 'web-1 did not start' },
    });
    const xml = renderJunit({ ...flagship, environments: [cut] }, plans);
    expect(attribute(xml, 'tests')).toBe(1);
    expect(attribute(xml, 'errors')).toBe(1);
    expect(xml).toContain('web-1 did not start');
  });
});
