// JUnit for CI: one case per node, restart and claim, one per check, one for the verdict. Deterministic: no clock, no host name.
// A suite is red only when the environment did not end as the scenario expects.
import junit from 'junit-report-builder';
import type { Builder, TestCase, TestSuite } from 'junit-report-builder';
import type { Plan } from '../plan/plan.js';
import { checks } from '../verdict/checks/index.js';
import type { Claim, EnvironmentResult, Finding, Receipt, RunResult } from '../verdict/model.js';
import { receiptTitle, summaryWords } from './facts.js';
import { findingWords } from './terminal-environment.js';
import { clean, formatAt } from './text.js';

/** The package's types promise a default export, but it assigns module.exports: the import itself is the builder. */
const root = junit as unknown as Builder;

export function renderJunit(result: RunResult, plans: readonly Plan[]): string {
  const builder = root.newBuilder().name(clean(result.scenario));
  for (const environment of result.environments) {
    const suite = builder
      .testSuite()
      .name(`${clean(result.scenario)}.${clean(environment.name)}`)
      .time(seconds(environment.durationMs));
    suite.property('seed', String(result.seed));
    suite.property('run', result.runId);
    suite.property('verdict', environment.verdict);
    const plan = plans.find((each) => each.environment.name === environment.name);
    if (plan !== undefined) suite.property('nodes', plan.nodes.join(' '));
    addVerdict(suite, result, environment);
    for (const finding of groupByCheck(environment)) addCheck(suite, result, environment, finding);
    for (const receipt of environment.receipts) {
      for (const claim of receipt.claims) addClaim(suite, result, environment, receipt, claim);
    }
  }
  return builder.build() + '\n';
}

function seconds(ms: number): number {
  return Math.max(0, Math.round(ms)) / 1000;
}

function newCase(suite: TestSuite, result: RunResult, environment: EnvironmentResult, name: string): TestCase {
  return suite
    .testCase()
    .className(`${clean(result.scenario)}.${clean(environment.name)}`)
    .name(name);
}

/** What is wrong is expected to be wrong: told as skipped, because a suite that is right must not be red. */
function isExpectedTrouble(environment: EnvironmentResult): boolean {
  return environment.asExpected && environment.verdict !== 'pass';
}

type Trouble = 'failure' | 'error';

function mark(testCase: TestCase, environment: EnvironmentResult, trouble: Trouble, type: string, text: string): void {
  const message = clean(text);
  if (isExpectedTrouble(environment)) {
    testCase.skipped().standardOutput(`expected ${trouble}: ${message}`);
  } else if (trouble === 'failure') testCase.failure(message, type);
  else testCase.error(message, type);
}

function addVerdict(suite: TestSuite, result: RunResult, environment: EnvironmentResult): void {
  const wanted = environment.expected?.verdict ?? 'pass';
  const testCase = newCase(suite, result, environment, `verdict is ${wanted}`);
  const told = `${environment.verdict}: ${summaryWords(environment)}`;
  const cut =
    environment.cut === null
      ? ''
      : ` (cut short: ${clean(environment.cut.reason)}, ${clean(environment.cut.evidence)})`;
  if (environment.asExpected) testCase.standardOutput(told + cut);
  else if (environment.verdict === 'inconclusive') testCase.error(told + cut, 'verdict');
  else testCase.failure(told + cut, 'verdict');
}

interface CheckResult {
  readonly check: string;
  readonly findings: readonly Finding[];
}

function groupByCheck(environment: EnvironmentResult): CheckResult[] {
  // Nothing was judged where the tier did not boot: a check without findings would be a pass that nobody saw.
  const always = environment.cut === null ? Object.keys(checks) : [];
  const names = [...new Set([...always, ...environment.findings.map((finding) => finding.check)])];
  return names.map((check) => ({ check, findings: environment.findings.filter((finding) => finding.check === check) }));
}

function addCheck(suite: TestSuite, result: RunResult, environment: EnvironmentResult, checked: CheckResult): void {
  const testCase = newCase(suite, result, environment, `check ${checked.check}`);
  if (checked.findings.length === 0) return;
  const failed = checked.findings.some((finding) => finding.severity === 'fail');
  mark(
    testCase,
    environment,
    failed ? 'failure' : 'error',
    checked.check,
    checked.findings.map(findingWords).join(' | '),
  );
}

function addClaim(
  suite: TestSuite,
  result: RunResult,
  environment: EnvironmentResult,
  receipt: Receipt,
  claim: Claim,
): void {
  // Unique by node and restart: GitLab drops cases of equal names.
  const round = receipt.round === undefined ? 'no round' : `round ${receipt.round}`;
  const name = `${receipt.node} ${round} restart ${receipt.restart}: ${claim.id}`;
  const testCase = newCase(suite, result, environment, name);
  const about = `${receiptTitle(receipt)}: ${claim.id}`;
  switch (claim.state) {
    case 'held':
      if (claim.atMs !== undefined) testCase.time(seconds(claim.atMs - receipt.startedMs));
      return;
    case 'broken':
      mark(
        testCase,
        environment,
        'failure',
        claim.id,
        `${about} broken at ${formatAt(receipt.judgedMs)}: ${claim.evidence}`,
      );
      return;
    case 'not-observed':
      mark(testCase, environment, 'error', claim.id, `${about} not observed: ${claim.evidence}`);
      return;
    case 'not-applicable':
      testCase.skipped().standardOutput(`not applicable: ${clean(claim.reason ?? claim.evidence)}`);
      return;
  }
}
