// The shape of a scenario, checked key by key. Names of plug-ins and what refers to what are for rules.ts: here is only
// what can be said of a value by looking at it alone. Defaults are the planner's, so that it can say where a value is from.
import { z } from 'zod';
import { WATERFALL_STEPS } from '../verdict/model.js';
import { choiceOf, name, overrideOf, type choice } from './choice-schema.js';
import { ownNode } from './own-node.js';
import { inShort } from './short-forms.js';
import { soak } from './soak.js';
import { duration, moment, positiveDuration, share, think } from './values.js';

export { choice, choices } from './choice-schema.js';

const OWN_SOURCES = ['image', 'build', 'package'];
/** A service that has an image, a build or a package is the user's own. */
const dependency = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('kind' in value) && OWN_SOURCES.some((key) => key in value)
      ? { ...value, kind: 'own' }
      : value,
  choiceOf('dependencies'),
);
const variables = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'a variable name has letters, digits and "_" only' }),
  z.string(),
);
const user = z.string().regex(/^[a-z_][a-z0-9_-]*$/, { error: 'a user name such as www-data is needed' });
const openFiles = z.int().min(16).max(1_048_576);

const node = {
  supervisor: choiceOf('supervisors').optional().describe('What keeps the server running, and its parameters'),
  server: choiceOf('servers').optional().describe('The web server, and its parameters'),
  app: overrideOf('apps').optional().describe("Options over those of the scenario's own app"),
  user: user.optional(),
  env: variables.optional(),
  openFiles: openFiles.optional(),
};

const windows = <T extends z.ZodType>(value: T) =>
  z.strictObject({
    baseline: value.optional(),
    fault: value.optional(),
    recovery: value.optional(),
    after: value.optional(),
  });

const shares = windows(share).meta({ id: 'sharesByWindow' });
const durations = windows(positiveDuration).meta({ id: 'durationsByWindow' });

/** What one request can be held to; the balancer's log, which knows the retries, does not tell requests apart. */
const ofRequest = {
  failedShare: shares.optional(),
  p50: durations.optional(),
  p95: durations.optional(),
  p99: durations.optional(),
  /** Against the baseline, which therefore has none. */
  throughput: shares.omit({ baseline: true }).optional(),
};
const ofTierOrNode = { ...ofRequest, masked: shares.optional() };

export const limits = z
  .strictObject({
    recovered: positiveDuration.optional(),
    ...ofTierOrNode,
    nodes: z.strictObject(ofTierOrNode).optional(),
    requests: z.record(z.string(), z.strictObject(ofRequest)).optional(),
    dark: positiveDuration.optional(),
    steps: z
      .strictObject(
        Object.fromEntries(WATERFALL_STEPS.map((step) => [step, positiveDuration.optional()])) as Record<
          (typeof WATERFALL_STEPS)[number],
          z.ZodOptional<typeof positiveDuration>
        >,
      )
      .optional(),
  })
  .meta({ id: 'limits' });

export const proof = z.strictObject({
  consecutive: z.int().min(1).max(100).optional(),
  shareRequests: z.int().min(10).max(100_000).optional(),
  shareOfBaseline: share.optional(),
  steadyWait: positiveDuration.optional(),
  aftermath: duration.optional(),
  hold: positiveDuration.optional(),
  sentinel: z.int().min(0).max(100).optional(),
});

export const environment = z.strictObject({
  like: z
    .string()
    .optional()
    .describe('Another environment of this scenario; keys that are given here replace its keys whole'),
  node: ownNode.optional().describe("Keys over those of the scenario's own node"),
  ...node,
  balancer: choiceOf('balancers').optional(),
  limits: limits.optional(),
  deployedOver: z
    .strictObject({ ...node, deploy: choiceOf('deploys').optional() })
    .optional()
    .describe('What the nodes boot as, before a deployment makes them what this environment says'),
});

const httpStatus = z.int().min(200).max(599);

/** What a right answer is. */
const answer = z
  .strictObject({
    status: z.union([httpStatus, z.array(httpStatus).min(1)]).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    bodyContains: z.string().min(1).optional(),
    json: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .refine((all) => Object.keys(all).every((keys) => keys.split('.').every((key) => key !== '')), {
        error: 'names keys from the root of the body, joined by dots: "cart.items.0.id"',
      })
      .optional(),
  })
  .refine((all) => Object.keys(all).length > 0, { error: 'says nothing about a right answer' });

const path = z.string().regex(/^\/\S*$/, { error: 'a path begins with "/" and has no blanks' });

const request = inShort(
  'path',
  z.strictObject({
    path,
    name: z.string().min(1).optional(),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    weight: z.number().positive().optional(),
    answer: answer.optional(),
  }),
);

const hasId = (text: string | undefined): boolean => text?.includes('{id}') ?? false;

/** What is written to each node and read again at the end. */
const writes = z.strictObject({
  every: positiveDuration.optional(),
  write: z
    .strictObject({
      method: z.enum(['POST', 'PUT', 'PATCH']).optional(),
      path,
      headers: z.record(z.string(), z.string()).optional(),
      body: z.string().optional(),
    })
    .refine((request) => hasId(request.path) || hasId(request.body), {
      error: 'needs "{id}" in its path or its body: it stands for what is written',
    })
    .optional(),
  read: inShort('path', z.strictObject({ path, headers: z.record(z.string(), z.string()).optional() })).optional(),
});

const stage = z.strictObject({
  users: z.int().min(0).max(10_000).optional(),
  rate: z.number().positive({ error: 'a rate is above 0 requests per second' }).max(100_000).optional(),
  for: positiveDuration.optional(),
  ramp: duration.optional(),
  /** A recorded curve: one rate after the other, each for `every`. */
  rates: z.array(z.number().min(0).max(100_000)).min(1).max(50_000).optional(),
  every: positiveDuration.optional(),
});

export const load = z.strictObject({
  engine: choiceOf('engines').optional().describe('What makes the load; default autocannon for users, open for a rate'),
  requests: z.array(request).min(1).optional(),
  stages: z.array(stage).min(1),
  think: think.optional(),
  sessions: z.boolean().optional(),
  arrivals: z.enum(['even', 'poisson']).optional(),
  connections: z.enum(['kept', 'fresh']).optional(),
  timeout: positiveDuration.optional(),
});

const TARGET_WORDS = ['one', 'each', 'half', 'all-but-one', 'all'] as const;

/** Words, or a list of nodes; one schema each, so that the error speaks of what was meant. */
const target = z
  .unknown()
  .transform((value, context) => {
    const found = (Array.isArray(value) ? z.array(z.string()) : z.enum(TARGET_WORDS)).safeParse(value, {
      reportInput: true,
    });
    if (found.success) return found.data;
    for (const issue of found.error.issues) context.issues.push({ ...issue, input: issue.input } as never);
    return z.NEVER;
  })
  .meta({
    description: 'Which nodes are hit; a list names them',
    anyOf: [{ enum: TARGET_WORDS }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
  });

export const round = z.strictObject({
  fault: choiceOf('faults'),
  target,
  service: z
    .string()
    .optional()
    .describe('Which further service of an own node is hit; default the one that the balancer reaches'),
  at: moment.optional(),
  weight: z.number().positive().max(1_000).optional().describe('How often a soak draws it, against the others'),
});

const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const expectation = inShort('verdict', z.strictObject({ verdict, findings: z.array(z.string()).optional() }));

export const scenario = z.strictObject({
  name: name.describe('Names the run and its folder'),
  summary: z.string().optional().describe('The question that this scenario answers, in a sentence'),
  seed: z.int().min(0).max(0xffff_ffff).optional().describe('Repeats the choices of an earlier run'),
  nodes: z.int().min(1).max(64).describe('How many server machines the tier has'),
  balancer: choiceOf('balancers').optional(),
  node: ownNode.optional().describe("A node of the user's own, for all environments; they may change it key by key"),
  app: choiceOf('apps').optional().describe('The application, and its knobs'),
  /** Services beside the nodes, by name. */
  services: z.record(name, dependency).optional().describe('Services beside the nodes, by host name'),
  environments: z
    .record(name, environment)
    .refine((all) => Object.keys(all).length > 0, { error: 'at least one environment is needed' })
    .describe('Variants of the tier, by name; the scenario runs once in each'),
  ageing: z.strictObject({ stepMiB: z.number().min(0).max(1024) }).optional(),
  load,
  writes: z
    .union([z.boolean(), writes])
    .optional()
    .describe('Writes to each node, which it must still have after its restarts'),
  rounds: z.array(round).min(1),
  soak: soak.optional().describe('How `remuster soak` plays the rounds, for hours'),
  limits: limits.optional(),
  expect: z.record(z.string(), expectation).optional().describe('Verdicts that are meant to be, by environment'),
  proof: proof.optional(),
  maxTime: positiveDuration.optional().describe('Longest time per environment, as 15m'),
  user: user.optional().describe('User and group that the servers run as'),
  env: variables.optional().describe("Variables of the servers' environment"),
  openFiles: openFiles.optional(),
});

export const config = z.strictObject({
  seed: scenario.shape.seed,
  user: user.optional(),
  maxTime: positiveDuration.optional(),
  /** Requests are a scenario's own. */
  limits: limits.omit({ requests: true }).optional(),
  proof: proof.optional(),
});

/** A scenario whose shape is right. */
export type Scenario = z.output<typeof scenario>;
export type Environment = z.output<typeof environment>;
export type Round = z.output<typeof round>;
export type Config = z.output<typeof config>;
/** Of a plug-in: its kind, and its options as the scenario has them. */
export type Choice = z.output<typeof choice>;
