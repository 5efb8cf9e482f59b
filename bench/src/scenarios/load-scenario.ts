import { type ChatData, countMessages, loadChat, proveRules } from '../chat-data'
import { figureAt } from '../figures'
import { generate } from '../generate'
import type { Job, JobResult, Operation, Pace } from '../job'
import { type Peer, type RunningPeer, startPeer } from '../peers'
import { processorSeconds } from '../process-tree'
import type { Cell, Scenario, ScenarioOptions } from '../scenario'
import type { ChatCollection } from '../wires/wire'
import { wireOf } from '../wires/wire-of'

/** As whom requests are sent, and what stands in their way. */
export type Access =
  /** Anonymous, and open to everybody. */
  | 'open'
  /** With a token, and open to everybody (but for updates: what is one's own). */
  | 'signed in'
  /** With a token, and the rule that one must be a member of the room. */
  | 'membership'

/** One row of the table: a load, on every server that knows it. */
export interface LoadCell {
  readonly name: string
  readonly operation: Operation
  readonly pace: Pace
  readonly access: Access
  readonly requests?: number
  readonly batchSize?: number
  /** Times the usual. */
  readonly longer?: number
  /** Goes on while this is measured. */
  readonly logins?: { readonly connections: number }
  /** The floor takes part though it checks nothing. */
  readonly floorStaysOpen?: true
}

export interface LoadPlan extends Pick<Scenario, 'id' | 'title' | 'note' | 'targets' | 'ladder'> {
  /** Messages that are there beforehand, in a full and in a quick run. */
  readonly messages: { readonly full: number; readonly quick: number }
  readonly cells: (options: ScenarioOptions) => readonly LoadCell[]
  /** The servers, made of those that the machine can run. */
  readonly servers?: (peers: readonly Peer[]) => readonly Peer[]
}

/** A scenario in which the generator sends and the servers answer: all servers loaded once, cells repeated in turns, rows counted after each. */
export function loadScenario(plan: LoadPlan): Scenario {
  return {
    ...plan,
    async run(peers, options) {
      const planned = plan.cells(options)
      const running: Loaded[] = []
      try {
        for (const peer of plan.servers?.(peers) ?? peers) running.push(await prepare(peer, plan, options))
        const cells: Cell[] = []
        const lost = new Set<string>()
        for (const cell of planned) {
          const able = running.filter((loaded) => knows(loaded.peer.peer, cell) && !lost.has(loaded.peer.peer.name))
          for (let repetition = 0; repetition < options.repetitions; repetition++) {
            for (const loaded of able) {
              const result = await measure(loaded, cell, options)
              cells.push({ cell: cell.name, peer: loaded.peer.peer.name, repetition, result })
            }
          }
          // Who has not kept a rate is not asked for higher ones.
          for (const { peer } of plan.ladder ? able : []) {
            const { name } = peer.peer
            if (figureAt(cells, { cell: cell.name, peer: name, figure: 'kept' }) !== 1) lost.add(name)
          }
        }
        return cells
      } finally {
        for (const { peer } of running) await peer.stop()
      }
    },
  }
}

export function closed(connections: number): Pace {
  return { kind: 'closed', connections }
}

/** A server with its data, frozen while others are measured. */
export interface Loaded {
  readonly peer: RunningPeer
  readonly data: ChatData
}

/** Starts a server on fresh data and shows that its rules hold. */
export async function prepare(
  peer: Peer,
  plan: Pick<LoadPlan, 'messages' | 'cells'>,
  options: ScenarioOptions,
): Promise<Loaded> {
  const collections = new Set(
    plan
      .cells(options)
      .filter((cell) => knows(peer, cell))
      .map(collectionOf),
  )
  const running = await startPeer(peer)
  try {
    const count = options.quick ? plan.messages.quick : plan.messages.full
    const data = await loadChat(running, count, [...collections])
    await proveRules(running, data)
    running.pause()
    return { peer: running, data }
  } catch (error) {
    await running.stop()
    throw error
  }
}

/** The floor has no rules and no users; not everybody takes an array. */
function knows({ kind }: Peer, cell: LoadCell): boolean {
  if (cell.operation === 'update-minimal') return wireOf(kind, 'announcements').updateMinimal('', '') !== null
  if (cell.operation === 'array') return wireOf(kind, 'announcements').array([]) !== null
  return kind !== 'floor' || cell.access === 'open' || cell.floorStaysOpen === true
}

function collectionOf({ access }: LoadCell): ChatCollection {
  return access === 'membership' ? 'messages' : 'announcements'
}

export async function measure({ peer, data }: Loaded, cell: LoadCell, options: ScenarioOptions): Promise<JobResult> {
  const collection = collectionOf(cell)
  const job: Job = {
    wire: peer.peer.kind,
    collection,
    port: peer.port,
    operation: cell.operation,
    pace: cell.pace,
    warmUpSeconds: options.warmUpSeconds,
    seconds: options.seconds * (cell.longer ?? 1),
    requests: cell.requests ?? Number.MAX_SAFE_INTEGER,
    authors: data.users.map(({ id }) => id),
    tokens: cell.access === 'open' ? [] : data.users.flatMap(({ token }) => token ?? []),
    rooms: data.rooms,
    messages: data.messages[collection].slice(0, 10_000),
    batchSize: cell.batchSize ?? 1,
  }
  const pinned = peer.peer.onAllCores === undefined
  peer.resume()
  const before = await countMessages(peer, data, collection)
  const used = processorSeconds(peer.pid)
  const logins: Promise<JobResult> | undefined =
    cell.logins &&
    generate(
      {
        ...job,
        operation: 'login',
        pace: { kind: 'closed', ...cell.logins },
        warmUpSeconds: 0,
        seconds: job.warmUpSeconds + job.seconds,
      },
      pinned,
    )
  const [responses, besides] = await Promise.all([generate(job, pinned), logins])
  const microseconds = ((processorSeconds(peer.pid) - used) * 1e6) / Math.max(1, responses.answered)
  const grown = (await countMessages(peer, data, collection)) - before
  peer.pause()
  const failures = { ...responses.failures, ...besides?.failures }
  if (grown !== responses.created)
    failures[`rows: ${grown} more in the database, ${responses.created} acknowledged`] = 1
  return {
    ...responses,
    failures,
    serverMicroseconds: microseconds,
    ...(besides === undefined ? {} : { besidePerSecond: besides.requests / besides.seconds }),
  }
}
