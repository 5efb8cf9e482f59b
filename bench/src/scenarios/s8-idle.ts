import { generateLive } from '../live/generate-live'
import { livePeer } from '../live/live-peer'
import { startPeer } from '../peers'
import { residentBytes } from '../process-tree'
import type { Cell, Scenario } from '../scenario'

/** What subscriptions cost while nothing happens: sockets, groups and all. */
export const IDLE_SUBSCRIPTIONS: Scenario = {
  id: 'S8',
  title: 'idle subscriptions',
  async run(peers, options) {
    const cells: Cell[] = []
    const subscribers = options.quick ? 2_000 : 10_000
    for (const peer of peers.filter(({ kind }) => kind === 'koyalite').map(livePeer)) {
      for (let repetition = 0; repetition < options.repetitions; repetition++) {
        const running = await startPeer(peer)
        const { port, key = '', pid } = running
        const before = residentBytes(pid)
        const job = {
          port,
          key,
          audience: 'one room of 100',
          subscribers,
          seconds: 0,
          writes: 100,
          idle: true,
        } as const
        const generator = generateLive(job)
        try {
          await generator.line()
          await Bun.sleep(2000)
          const each = (residentBytes(pid) - before) / subscribers
          cells.push({ cell: 'idle', peer: peer.name, repetition, result: { measured: { 'bytes each': each } } })
        } finally {
          generator.end()
          await running.stop()
        }
      }
    }
    return cells
  },
}
