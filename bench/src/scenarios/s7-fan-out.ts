import { generateLive } from '../live/generate-live'
import type { LiveAudience, LiveResult } from '../live/live-job'
import { livePeer } from '../live/live-peer'
import { startPeer } from '../peers'
import type { Cell, Scenario } from '../scenario'

const AUDIENCES: readonly LiveAudience[] = ['shared', 'own rights', 'one room of 100']

/** One write to many: how soon the last one has it, how many documents are handed out, what it costs the writer. */
export const FAN_OUT: Scenario = {
  id: 'S7',
  title: 'one write to many subscribers',
  async run(peers, options) {
    const cells: Cell[] = []
    for (const peer of peers.filter(({ kind }) => kind === 'koyalite').map(livePeer)) {
      for (const audience of AUDIENCES) {
        for (const subscribers of options.quick ? [1000] : [100, 1000, 5000]) {
          if (audience === 'own rights' && subscribers > 1000) continue
          for (let repetition = 0; repetition < options.repetitions; repetition++) {
            const running = await startPeer(peer)
            const { port, key = '' } = running
            const { seconds, quick } = options
            const writes = quick ? 50 : 200
            const generator = generateLive({ port, key, audience, subscribers, seconds, writes, idle: false })
            try {
              const result: LiveResult = JSON.parse(await generator.line())
              for (const failure of result.failures)
                console.log(`- **failed**: ${audience}, ${subscribers}: ${failure}`)
              cells.push({
                cell: `${audience}, ${subscribers}`,
                peer: `${peer.name}: ${audience}, ${subscribers}`,
                repetition,
                result: { measured: measurements(result) },
              })
            } finally {
              generator.end()
              await running.stop()
            }
          }
        }
      }
    }
    return cells
  },
}

function measurements(result: LiveResult): Record<string, number> {
  return {
    'deliveries/s': result.deliveries,
    'writes/s': result.writesPerSecond,
    'to last p50 ms': result.toLast.p50,
    'to last p95 ms': result.toLast.p95,
    'write p50 ms': result.write.p50,
    'alone p50 ms': result.writeAlone.p50,
  }
}
