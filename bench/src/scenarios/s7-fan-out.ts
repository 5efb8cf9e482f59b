import { generateLive } from '../live/generate-live'
import type { LiveAudience, LiveKind, LiveResult } from '../live/live-job'
import { type Peer, startPeer } from '../peers'
import type { Cell, Scenario, ScenarioOptions } from '../scenario'
import { figureBound, type Target } from '../target'

/** More would take the time of the whole run. */
const MAX_REPETITIONS = 2

/** One write to many: how soon the last one has it, how many documents are handed out, what it costs the writer. */
export const FAN_OUT: Scenario = {
  id: 'S7',
  title: 'one write to many subscribers',
  note:
    'KoyaLite over WebSocket, PocketBase over its server-sent events: an event for every change, in no promised order and without a first state. Each document must arrive at each ' +
    'subscriber once, and ours in order. First one write at a time, 20 ms apart, each awaited at its last receiver (ms), then 16 writers as fast as everybody receives (deliveries/s). ' +
    `The generator receives it all on one core: where its load is near 1, the server was not the limit. At most ${MAX_REPETITIONS} repetitions.`,
  targets: [
    figureBound('shared, 1000', 'deliveries/s', { atLeast: 500_000 }),
    figureBound('shared, 5000', 'deliveries/s', { atLeast: 500_000 }),
    figureBound('own rights, 1000', 'deliveries/s', { atLeast: 100_000 }),
    ...(['shared', 'own rights', 'one room of 100'] as const).flatMap((audience) => [
      figureBound(`${audience}, 1000`, 'to last p95 ms', { below: 20 }),
      writerUnaffected(`${audience}, 1000`),
      besidePocketBase(`${audience}, 1000`),
    ]),
  ],
  async run(peers, options) {
    const cells: Cell[] = []
    for (const audience of ['shared', 'own rights', 'one room of 100'] as const) {
      for (const subscribers of options.quick ? [1000] : [100, 1000, 5000]) {
        for (let repetition = 0; repetition < Math.min(options.repetitions, MAX_REPETITIONS); repetition++) {
          for (const peer of peers) {
            const { kind, name } = peer
            // Ours alone is asked for more than a thousand.
            if (kind === 'floor' || (kind === 'pocketbase' && subscribers !== 1000)) continue
            const result = await measure(peer, { kind, audience, subscribers }, options)
            cells.push({ cell: `${audience}, ${subscribers}`, peer: name, repetition, result })
          }
        }
      }
    }
    return cells
  },
}

async function measure(
  peer: Peer,
  job: { readonly kind: LiveKind; readonly audience: LiveAudience; readonly subscribers: number },
  { seconds, quick }: ScenarioOptions,
): Promise<Cell['result']> {
  const running = await startPeer(peer)
  const { port, key } = running
  const generator = generateLive({ ...job, port, key, seconds, writes: quick ? 50 : 200, idle: false })
  try {
    const result: LiveResult = JSON.parse(await generator.result())
    return { measured: measurements(result), failures: result.failures }
  } finally {
    generator.end()
    await running.stop()
  }
}

function measurements(result: LiveResult): Record<string, number> {
  return {
    'deliveries/s': result.deliveries,
    'writes/s': result.writesPerSecond,
    'to last p50 ms': result.toLast.p50,
    'to last p95 ms': result.toLast.p95,
    'write p50 ms': result.write.p50,
    'alone p50 ms': result.writeAlone.p50,
    generator: result.generatorLoad,
  }
}

function writerUnaffected(cell: string): Target {
  return {
    says: `${cell}: a write with subscribers / alone < 1.2`,
    of: { cell, peer: 'koyalite', figure: 'write p50 ms' },
    over: { cell, peer: 'koyalite', figure: 'alone p50 ms' },
    bound: { below: 1.2 },
  }
}

function besidePocketBase(cell: string): Target {
  return {
    says: `${cell}: deliveries / pocketbase`,
    of: { cell, peer: 'koyalite', figure: 'deliveries/s' },
    over: { cell, peer: 'pocketbase', figure: 'deliveries/s' },
  }
}
