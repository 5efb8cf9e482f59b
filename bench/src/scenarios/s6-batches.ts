import { figureBound } from '../target'
import { closed, type LoadCell, loadScenario } from './load-scenario'

const CELLS: readonly LoadCell[] = (
  [
    ['batch', 1],
    ['batch', 16],
    ['array', 16],
  ] as const
).map(([operation, connections]) => ({
  name: `${operation}, c=${connections}`,
  operation,
  access: 'open',
  pace: closed(connections),
  batchSize: 50,
  requests: 2_000,
}))

export const BATCHES = loadScenario({
  id: 'S6',
  title: 'creates in batches of 50 (per second: documents)',
  messages: { full: 0, quick: 0 },
  targets: ['batch, c=16', 'array, c=16'].map((cell) => figureBound(cell, 'per second', { atLeast: 100_000 })),
  cells: () => CELLS,
})
