import type { Scenario } from './scenario'
import { loadScenario } from './scenarios/load-scenario'
import { FAN_OUT } from './scenarios/s7-fan-out'
import { IDLE_SUBSCRIPTIONS } from './scenarios/s8-idle'
import { START_AND_SIZE } from './scenarios/start-and-size'

const closed = (connections: number) => ({ kind: 'closed', connections }) as const

/** In the order and with the numbers of the table of targets. */
export const SCENARIOS: readonly Scenario[] = [
  loadScenario({
    id: 'S1',
    title: 'creates (rules open)',
    messages: { full: 0, quick: 0 },
    cells: () => [1, 16, 64].map((c) => ({ name: `c=${c}`, operation: 'create', pace: closed(c), requests: 100_000 })),
  }),
  loadScenario({
    id: 'S2',
    title: 'reads by id over 10k ids',
    messages: { full: 10_000, quick: 2_000 },
    cells: () => [16, 64].map((c) => ({ name: `public, c=${c}`, operation: 'read', pace: closed(c) })),
  }),
  loadScenario({
    id: 'S3',
    title: 'newest 20 of one room',
    messages: { full: 100_000, quick: 10_000 },
    cells: () => [
      { name: 'without total, c=16', operation: 'newest', pace: closed(16) },
      { name: 'with total, c=16', operation: 'newest-total', pace: closed(16) },
    ],
  }),
  loadScenario({
    id: 'S4',
    title: 'updates (rules open)',
    messages: { full: 10_000, quick: 2_000 },
    cells: () => [16, 64].map((c) => ({ name: `c=${c}`, operation: 'update', pace: closed(c), requests: 50_000 })),
  }),
  loadScenario({
    id: 'S5',
    title: 'open loop, 90 % reads 10 % writes',
    messages: { full: 10_000, quick: 2_000 },
    cells: ({ quick }) =>
      (quick ? [1_000, 8_000] : [1_000, 2_000, 4_000, 8_000, 16_000]).map((perSecond) => ({
        name: `${perSecond}/s`,
        operation: 'mixed',
        pace: { kind: 'open', perSecond, connections: 64 },
      })),
  }),
  loadScenario({
    id: 'S6',
    title: 'creates in batches of 50',
    messages: { full: 0, quick: 0 },
    cells: () =>
      (['batch', 'array'] as const).flatMap((operation) =>
        [1, 16].map((c) => ({
          name: `${operation}, c=${c}`,
          operation,
          pace: closed(c),
          batchSize: 50,
          requests: 2_000,
        })),
      ),
  }),
  FAN_OUT,
  IDLE_SUBSCRIPTIONS,
  START_AND_SIZE,
]
