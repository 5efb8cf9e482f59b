import { startPeer } from '../peers'
import type { Cell, Scenario } from '../scenario'
import { closed, type LoadCell, type Loaded, measure, prepare } from './load-scenario'

const MESSAGES = { full: 10_000, quick: 2_000 }

const LOADS: readonly LoadCell[] = [
  { name: 'reads', operation: 'read', access: 'open', pace: closed(16) },
  { name: 'creates', operation: 'create', access: 'open', pace: closed(16) },
  { name: 'updates', operation: 'update', access: 'signed in', pace: closed(16), floorStaysOpen: true },
]

/** What a server does before its code is compiled and its caches are full: it is started again on its data for each load. */
export const FIRST_SECONDS: Scenario = {
  id: 'FIRST',
  title: 'the first second after a start, and the third, c=16',
  note: 'Each load meets a server that has just become ready. One second each, whatever --seconds says.',
  targets: [],
  async run(peers, options) {
    const second = { ...options, warmUpSeconds: 0, seconds: options.quick ? 0.2 : 1 }
    const cells: Cell[] = []
    for (const peer of peers) {
      let loaded = await prepare(peer, { messages: MESSAGES, cells: () => LOADS }, options)
      try {
        for (const load of LOADS) {
          for (let repetition = 0; repetition < options.repetitions; repetition++) {
            loaded = await startedAgain(loaded)
            const results = []
            for (let n = 0; n < 3; n++) results.push(await measure(loaded, load, second))
            for (const [name, result] of [['first second', results[0]] as const, ['third second', results[2]] as const])
              if (result) cells.push({ cell: `${load.name}, ${name}`, peer: peer.name, repetition, result })
          }
        }
      } finally {
        await loaded.peer.stop()
      }
    }
    return cells.toSorted((a, b) => rank(a) - rank(b))
  },
}

async function startedAgain({ peer, data }: Loaded): Promise<Loaded> {
  await peer.end()
  return { peer: await startPeer(peer.peer, peer.dataFolder), data }
}

/** Rows together, whichever server came first. */
function rank({ cell }: Cell): number {
  return LOADS.findIndex(({ name }) => cell.startsWith(name)) * 2 + (cell.endsWith('third second') ? 1 : 0)
}
