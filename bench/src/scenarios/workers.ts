import type { Peer } from '../peers'
import { closed, loadScenario } from './load-scenario'

const WORKERS = 'koyalite --workers 2'
const CELLS = ['reads, c=64', 'creates, c=64'] as const

export const WORKER_PROCESSES = loadScenario({
  id: 'WORKERS',
  title: 'start --workers 2 beside one process, reads as in S2',
  note:
    'Servers and generator run on all cores. On a machine with two of them the generator and the process that stores take what the workers would need: ' +
    'there this shows what workers cost, not what they can do.',
  messages: { full: 10_000, quick: 2_000 },
  targets: CELLS.map((cell) => ({
    says: `${cell}: 2 workers / one process`,
    of: { cell, peer: WORKERS, figure: 'per second' },
    over: { cell, peer: 'koyalite', figure: 'per second' },
  })),
  cells: () => [
    { name: CELLS[0], operation: 'read', access: 'open', pace: closed(64) },
    { name: CELLS[1], operation: 'create', access: 'open', pace: closed(64), requests: 100_000 },
  ],
  servers: (peers) =>
    peers.flatMap((peer) =>
      peer.serving === undefined ? [] : [peer, peer.serving(WORKERS, ['start', '--workers', '2'])].map(onAllCores),
    ),
})

const onAllCores = (peer: Peer): Peer => ({ ...peer, onAllCores: true })
