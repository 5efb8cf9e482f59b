import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadChat } from '../chat-data'
import { executablePeer, startPeer } from '../peers'
import { residentBytes } from '../process-tree'
import type { Cell, Scenario } from '../scenario'
import { figureBound, timesAtMost } from '../target'

const CELL = 'fresh project'
const executable = executablePeer()

/** Start to first 200, resident memory at rest, and what a message takes on disk. */
export const START_AND_SIZE: Scenario = {
  id: 'S11',
  title: 'start, idle memory, bytes per row',
  note:
    executable === undefined
      ? 'koyalite runs from source here: dist/koyalite is not there (`npm run build` makes it).'
      : 'koyalite is dist/koyalite here, as it was built last.',
  targets: [
    figureBound(CELL, 'start ms', { below: 80 }),
    figureBound(CELL, 'idle MB', { below: 80 }),
    timesAtMost(CELL, 'bytes per row', { peer: 'floor', atMost: 1.3 }),
  ],
  async run(peers, options) {
    const messages = options.quick ? 5_000 : 50_000
    const cells: Cell[] = []
    for (let repetition = 0; repetition < options.repetitions; repetition++) {
      for (const available of peers) {
        const peer = available.kind === 'koyalite' ? (executable ?? available) : available
        const running = await startPeer(peer)
        try {
          await Bun.sleep(1000)
          const idle = residentBytes(running.pid)
          const measured: Record<string, number> = { 'start ms': running.startMs, 'idle MB': idle / 1e6 }
          if (repetition === 0) {
            await loadChat(running, messages, ['announcements'])
            await running.end()
            measured['bytes per row'] = diskBytes(running.dataFolder) / messages
          }
          cells.push({ cell: CELL, peer: peer.name, repetition, result: { measured, failures: {} } })
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
