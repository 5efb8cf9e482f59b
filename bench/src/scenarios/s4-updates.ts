import { timesAsFast } from '../target'
import { closed, loadScenario } from './load-scenario'

const CONNECTIONS = [16, 64]

export const UPDATES = loadScenario({
  id: 'S4',
  title: 'updates by the owner, whom the rule asks for',
  note: 'The floor checks nothing.',
  messages: { full: 10_000, quick: 2_000 },
  targets: CONNECTIONS.map((c) => timesAsFast(`c=${c}`, { peer: 'pocketbase', atLeast: 8 })),
  cells: () =>
    CONNECTIONS.map((c) => ({
      name: `c=${c}`,
      operation: 'update',
      access: 'signed in',
      floorStaysOpen: true,
      pace: closed(c),
      requests: 50_000,
    })),
})
