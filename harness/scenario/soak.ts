// The `soak` of a scenario: how its rounds are drawn for hours, under which load, and what may not happen meanwhile.
import { z } from 'zod';
import { positiveDuration, share, span } from './values.js';

const lowest = share.optional().describe("Share of the highest stage's level that is left in quiet times");

const curve = z
  .union([
    z.literal('flat'),
    z.strictObject({ day: z.strictObject({ low: lowest, period: positiveDuration.optional() }) }),
    z.strictObject({
      peaks: z
        .strictObject({ low: lowest, every: positiveDuration.optional(), for: positiveDuration.optional() })
        .refine(({ every, for: lasts }) => every === undefined || lasts === undefined || lasts < every, {
          error: 'a peak lasts as long as the time from one to the next',
        }),
    }),
  ])
  .describe('flat: the stages as they are; day: up and down in each period; peaks: high for a while, now and then');

export const soak = z.strictObject({
  every: span.optional().describe('From one round to the next'),
  blastRadius: z.int().min(1).max(64).optional().describe('Most nodes that are hit at once'),
  load: curve.optional(),
  budgets: z
    .strictObject({ failedShare: share.optional(), unanswered: positiveDuration.optional() })
    .optional()
    .describe('Over the whole soak'),
  drift: z
    .strictObject({
      memoryMiB: z.number().positive().max(1_024).optional(),
      count: z.number().positive().max(1_000).optional(),
      step: positiveDuration.optional(),
      latency: positiveDuration.optional(),
    })
    .optional()
    .describe('What may grow by how much with each restart'),
});
