import { type ChatData, countMessages, loadChat } from '../chat-data'
import { generate } from '../generate'
import type { JobResult, Operation, Pace } from '../job'
import { type Peer, type RunningPeer, startPeer } from '../peers'
import { processorSeconds } from '../process-tree'
import type { Cell, Scenario, ScenarioOptions } from '../scenario'
import { WIRES } from '../wire'

/** One row of the table: a load, on every server. */
export interface LoadCell {
  readonly name: string
  readonly operation: Operation
  readonly pace: Pace
  readonly requests?: number
  readonly batchSize?: number
}

export interface LoadPlan {
  readonly id: string
  readonly title: string
  /** Messages that are there beforehand, in a full and in a quick run. */
  readonly messages: { readonly full: number; readonly quick: number }
  readonly cells: (options: ScenarioOptions) => readonly LoadCell[]
}

/** A scenario in which the generator sends and the servers answer: all servers loaded once, cells repeated in turns, rows counted after each. */
export function loadScenario(plan: LoadPlan): Scenario {
  return {
    id: plan.id,
    title: plan.title,
    async run(peers, options) {
      const running: { peer: RunningPeer; data: ChatData }[] = []
      try {
        for (const peer of peers)
          running.push(await prepare(peer, options.quick ? plan.messages.quick : plan.messages.full))
        const cells: Cell[] = []
        for (const cell of plan.cells(options)) {
          for (let repetition = 0; repetition < options.repetitions; repetition++) {
            for (const { peer, data } of running) {
              const result = await measure(peer, data, { cell, options })
              if (result !== undefined) cells.push({ cell: cell.name, peer: peer.peer.name, repetition, result })
            }
          }
        }
        return cells
      } finally {
        for (const { peer } of running) await peer.stop()
      }
    },
  }
}

async function prepare(peer: Peer, messages: number): Promise<{ peer: RunningPeer; data: ChatData }> {
  const running = await startPeer(peer)
  const data = await loadChat(running, messages)
  running.pause()
  return { peer: running, data }
}

async function measure(
  peer: RunningPeer,
  data: ChatData,
  { cell, options }: { readonly cell: LoadCell; readonly options: ScenarioOptions },
): Promise<JobResult | undefined> {
  if (cell.operation === 'array' && WIRES[peer.peer.kind].array([]) === null) return undefined
  peer.resume()
  const before = await countMessages(peer)
  const used = processorSeconds(peer.pid)
  const answers = await generate({
    wire: peer.peer.kind,
    port: peer.port,
    operation: cell.operation,
    pace: cell.pace,
    warmUpSeconds: options.warmUpSeconds,
    seconds: options.seconds,
    requests: cell.requests ?? Number.MAX_SAFE_INTEGER,
    authors: data.authors,
    rooms: data.rooms,
    messages: data.messages.slice(0, 10_000),
    batchSize: cell.batchSize ?? 1,
  })
  const microseconds = ((processorSeconds(peer.pid) - used) * 1e6) / Math.max(1, answers.answered)
  const result: JobResult = { ...answers, serverMicroseconds: microseconds }
  const grown = (await countMessages(peer)) - before
  peer.pause()
  if (grown === result.created) return result
  const text = `rows: ${grown} more in the database, ${result.created} acknowledged`
  return { ...result, failures: { ...result.failures, [text]: 1 } }
}
