import { timesAsFast } from '../target'
import { closed, type LoadCell, loadScenario } from './load-scenario'

const CONNECTIONS = [16, 64]

export const UPDATES = loadScenario({
  id: 'S4',
  title: 'updates by the owner, whom the rule asks for',
  note: 'The floor checks nothing, and always returns the row.',
  messages: { full: 10_000, quick: 2_000 },
  targets: CONNECTIONS.flatMap((c) => [
    timesAsFast(`c=${c}`, { peer: 'pocketbase', atLeast: 8 }),
    timesAsFast(`c=${c}`, { peer: 'floor', atLeast: 0.5 }),
    timesAsFast(`return=minimal, c=${c}`, { peer: 'floor', atLeast: 0.5, theirCell: `c=${c}` }),
  ]),
  cells: () =>
    CONNECTIONS.flatMap((c) => [update(`c=${c}`, 'update', c), update(`return=minimal, c=${c}`, 'update-minimal', c)]),
})

function update(name: string, operation: 'update' | 'update-minimal', connections: number): LoadCell {
  return {
    name,
    operation,
    access: 'signed in',
    floorStaysOpen: true,
    pace: closed(connections),
    requests: 50_000,
  }
}
