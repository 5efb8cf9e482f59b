import { timesAsFast } from '../target'
import { closed, loadScenario } from './load-scenario'

const CELLS = ['without total, c=16', 'with total, c=16'] as const

export const NEWEST = loadScenario({
  id: 'S3',
  title: 'newest 20 of one room',
  messages: { full: 100_000, quick: 10_000 },
  targets: CELLS.flatMap((cell) => [
    timesAsFast(cell, { peer: 'pocketbase', atLeast: 6 }),
    timesAsFast(cell, { peer: 'floor', atLeast: 0.6 }),
  ]),
  cells: () =>
    CELLS.map((name) => ({
      name,
      operation: name.startsWith('without') ? 'newest' : 'newest-total',
      access: 'open',
      pace: closed(16),
    })),
})
