// Where an answer came from, by its own headers.
import { expect, it } from 'vitest';
import { originOf } from '../../../harness/load/origin.js';

it('reads node and generation, however they are written', () => {
  const headers = ['Content-Type', 'text/html', 'X-Remuster-Node', 'web-2', 'x-generation', '17'];
  expect(originOf(headers)).toEqual({ node: 'web-2', generation: '17' });
});

it('takes an empty name for none: a balancer that had nobody to ask names nobody', () => {
  expect(originOf(['x-remuster-node', '', 'x-generation', ''])).toEqual({ node: null, generation: null });
});
