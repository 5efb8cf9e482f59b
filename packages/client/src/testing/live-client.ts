import { createContext } from '../create-context'
import type { KoyaError } from '../koya-error'
import { createLive, type Live } from '../live/create-live'
import { createOpenChannel } from '../live/open-channel'
import type { LiveDelta, LiveRequest, LiveStatus, Session } from '../ports'
import { tokenSession } from '../token-session'
import { createTransport } from '../transport'
import { metadata, type Post } from './blog'

/** Live queries without the client around them, for any session. @param Socket null: event streams */
export function openLive(url: string, session: Session = tokenSession(undefined), Socket?: null): Live {
  const transport = createTransport({ url }, () => session)
  const context = createContext(metadata.collections, transport, () => {
    throw new Error('no queries')
  })
  return createLive(context, { open: createOpenChannel(transport, Socket === null ? undefined : WebSocket) })
}

export function postsRequest(payload: Readonly<Record<string, unknown>> = {}): LiveRequest {
  const all = { collection: 'posts', limit: 500, ...payload }
  return { key: JSON.stringify(all), collection: 'posts', payload: all }
}

/** All that one listener has been given. */
export interface Watched {
  readonly states: readonly {
    readonly docs: readonly Post[]
    readonly total?: number | undefined
    readonly seq: string
  }[]
  readonly deltas: readonly LiveDelta<Post>[]
  readonly statuses: readonly LiveStatus[]
  readonly errors: readonly KoyaError[]
  readonly docs: readonly Post[]
  stop(): void
}

/** Checks what every listener may rely on: deltas lead from one state to the next, and what they do not name stays the same objects. */
export function watch(live: Live, request: LiveRequest = postsRequest()): Watched {
  const states: { docs: readonly Post[]; total?: number | undefined; seq: string }[] = []
  const deltas: LiveDelta<Post>[] = []
  const statuses: LiveStatus[] = []
  const errors: KoyaError[] = []
  const stop = live.subscribe<Post>(request, {
    next(state) {
      const delta = deltas.at(-1)
      if (delta === undefined) throw new Error('a state without its delta')
      checkStep(states.at(-1)?.docs ?? [], state.docs, delta)
      states.push(state)
    },
    delta: (delta) => deltas.push(delta),
    error: (error) => errors.push(error),
    status: (status) => statuses.push(status),
  })
  return {
    states,
    deltas,
    statuses,
    errors,
    get docs() {
      return states.at(-1)?.docs ?? []
    },
    stop,
  }
}

function checkStep(
  before: readonly Post[],
  after: readonly Post[],
  { inserts, updates, deletes }: LiveDelta<Post>,
): void {
  // `fields` may leave the keys out.
  if (after.some((doc) => !('id' in doc))) return
  const held = new Map(before.map((doc) => [doc.id, doc]))
  const ids = new Set(after.map(({ id }) => id))
  if (ids.size !== after.length) throw new Error('a document is there twice')
  for (const id of deletes)
    if (!held.delete(String(id)) || ids.has(String(id))) throw new Error(`${id} was not deleted`)
  for (const doc of inserts) if (held.has(doc.id) || !after.includes(doc)) throw new Error(`${doc.id} was not inserted`)
  for (const doc of updates)
    if (!held.delete(doc.id) || !after.includes(doc)) throw new Error(`${doc.id} was not updated`)
  for (const doc of held.values()) if (!after.includes(doc)) throw new Error(`${doc.id} is another object`)
  if (after.length !== held.size + inserts.length + updates.length) throw new Error('a delta does not say everything')
}
