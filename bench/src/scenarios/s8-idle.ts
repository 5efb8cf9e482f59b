import { generateLive } from '../live/generate-live'
import { startPeer } from '../peers'
import { residentBytes } from '../process-tree'
import type { Cell, Scenario } from '../scenario'
import { figureBound } from '../target'

const CELL = 'one room of 100'
/** More would take the time of the whole run. */
const MAX_REPETITIONS = 2

/** What subscriptions cost while nothing happens: sockets, groups and all. */
export const IDLE_SUBSCRIPTIONS: Scenario = {
  id: 'S8',
  title: 'idle subscriptions',
  note: `Memory that the server has gained, two seconds after the last of them. At most ${MAX_REPETITIONS} repetitions.`,
  targets: [figureBound(CELL, 'KB each', { below: 8 })],
  async run(peers, options) {
    const cells: Cell[] = []
    // Their number is limited by the files that a process may open, too.
    const subscribers = options.quick ? 1_000 : 10_000
    for (let repetition = 0; repetition < Math.min(options.repetitions, MAX_REPETITIONS); repetition++) {
      for (const peer of peers) {
        const { kind, name } = peer
        if (kind === 'floor') continue
        const running = await startPeer(peer)
        const { port, key, pid } = running
        const before = residentBytes(pid)
        const generator = generateLive({
          kind,
          port,
          key,
          audience: CELL,
          subscribers,
          seconds: 0,
          writes: 0,
          idle: true,
        })
        try {
          await generator.result()
          await Bun.sleep(2000)
          const measured = { subscribers, 'KB each': (residentBytes(pid) - before) / subscribers / 1000 }
          cells.push({ cell: CELL, peer: name, repetition, result: { measured, failures: {} } })
        } finally {
          generator.end()
          await running.stop()
        }
      }
    }
    return cells
  },
}
