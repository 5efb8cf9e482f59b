import { beside, timesAsFast } from '../target'
import { type Access, closed, type LoadCell, loadScenario } from './load-scenario'

const CONNECTIONS = [1, 16, 64]

export const CREATES = loadScenario({
  id: 'S1',
  title: 'creates, open and under the membership rule',
  note: 'The floor stays open: where the others check membership, it is compared as it is without.',
  messages: { full: 0, quick: 0 },
  targets: [
    ...CONNECTIONS.map((c) => timesAsFast(`membership, c=${c}`, { peer: 'pocketbase', atLeast: 8 })),
    timesAsFast('membership, c=64', { peer: 'floor', atLeast: 0.5, theirCell: 'open, c=64' }),
    timesAsFast('open, c=64', { peer: 'floor', atLeast: 0.5 }),
    ...[16, 64].flatMap((c) => beside(`membership, c=${c}`, { other: `open, c=${c}`, atLeast: 0.8 })),
  ],
  cells: () => CONNECTIONS.flatMap((c) => [create('open', c), create('membership', c)]),
})

function create(access: Access, connections: number): LoadCell {
  return {
    name: `${access}, c=${connections}`,
    operation: 'create',
    access,
    pace: closed(connections),
    requests: 100_000,
  }
}
