import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadChat } from '../chat-data'
import { executablePeer, startPeer } from '../peers'
import { residentBytes } from '../process-tree'
import type { Cell, Scenario } from '../scenario'

/** Start to first 200, resident memory at rest, and what a message takes on disk. */
export const START_AND_SIZE: Scenario = {
  id: 'S11',
  title: 'start, idle memory, bytes per row',
  async run(peers, options) {
    const executable = executablePeer()
    const messages = options.quick ? 5_000 : 50_000
    const cells: Cell[] = []
    for (let repetition = 0; repetition < options.repetitions; repetition++) {
      for (const peer of executable === undefined ? peers : [...peers, executable]) {
        const running = await startPeer(peer)
        try {
          await Bun.sleep(1000)
          const idle = residentBytes(running.pid)
          const measured: Record<string, number> = { 'start ms': running.startMs, 'idle MB': idle / 1e6 }
          if (repetition === 0) {
            await loadChat(running, messages)
            await running.end()
            measured['bytes per row'] = diskBytes(running.dataFolder) / messages
          }
          cells.push({ cell: 'fresh project', peer: peer.name, repetition, result: { measured } })
        } finally {
          await running.stop()
        }
      }
    }
    return cells
  },
}

/** Of the database's files after a clean stop, the log of changes in them included; not of request logs. */
function diskBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.db(-wal)?$/.test(name) && !name.includes('auxiliary'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
