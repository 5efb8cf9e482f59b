import { beside, timesAsFast } from '../target'
import { type Access, closed, type LoadCell, loadScenario } from './load-scenario'

const CONNECTIONS = [16, 64]

export const READS = loadScenario({
  id: 'S2',
  title: 'reads by id over 10k ids, open and under the membership rule',
  note: 'The floor stays open: where the others check membership, it is compared as it is without.',
  messages: { full: 10_000, quick: 2_000 },
  targets: CONNECTIONS.flatMap((c) => [
    timesAsFast(`open, c=${c}`, { peer: 'pocketbase', atLeast: 8 }),
    timesAsFast(`membership, c=${c}`, { peer: 'pocketbase', atLeast: 8 }),
    timesAsFast(`open, c=${c}`, { peer: 'floor', atLeast: 0.6 }),
    timesAsFast(`membership, c=${c}`, { peer: 'floor', atLeast: 0.6, theirCell: `open, c=${c}` }),
    ...beside(`membership, c=${c}`, { other: `open, c=${c}`, atLeast: 0.8 }),
  ]),
  cells: () => CONNECTIONS.flatMap((c) => [read('open', c), read('membership', c)]),
})

function read(access: Access, connections: number): LoadCell {
  return { name: `${access}, c=${connections}`, operation: 'read', access, pace: closed(connections) }
}
