import {
  type Actor,
  type ActorDirectory,
  AppError,
  type ChangedIdentity,
  type Credentials,
  concernsActor,
  type RouteAccess,
} from '@koyalite/contracts'

/** Who callers are now, and when that has changed. */
export type Callers = Pick<Credentials, 'subscribe'> & Pick<ActorDirectory, 'actorNow'>

/** Whoever follows something over HTTP, and what they may see of it. */
export interface LiveResponse {
  readonly actor: Actor
  /** That of the route: it is checked again when something about the caller has changed. */
  readonly access: RouteAccess
  readonly callers: Callers
  /** A comment with which the response begins, so that its headers are sent. */
  readonly greeting: string
  /** @param send an event with this value as its data. @returns what ends it */
  follow(send: (value: object) => void): () => void
}

/** So that proxies do not take the connection for dead. */
const PING_EVERY_MS = 15_000
/** Events that wait for a slow reader. It misses later ones: lists have them. */
const MAX_WAITING = 100

/** Server-sent events until the caller goes away, signs out or loses the rights that the route takes. */
export function liveResponse(live: LiveResponse): Response {
  const encoder = new TextEncoder()
  let stop = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        if ((controller.desiredSize ?? 0) > -MAX_WAITING) controller.enqueue(encoder.encode(text))
      }
      write(`: ${live.greeting}\n\n`)
      const ping = setInterval(() => write(': still there\n\n'), PING_EVERY_MS)
      const unfollow = live.follow((value) => write(`data: ${JSON.stringify(value)}\n\n`))
      const unwatch = live.callers.subscribe((changed) => {
        if (!concernsActor(changed, live.actor) || mayStill(changed, live)) return
        stop()
        controller.close()
      })
      stop = () => {
        clearInterval(ping)
        unfollow()
        unwatch()
      }
    },
    cancel: () => stop(),
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}

function mayStill(changed: ChangedIdentity, { actor, access, callers }: LiveResponse): boolean {
  // Its session has ended, or nobody can say whether it has: whoever may read on comes back.
  if (changed.kind === 'session' || changed.kind === 'anything') return false
  if (actor.kind !== 'operator' && actor.kind !== 'service_key') return false
  const now = callers.actorNow({ kind: actor.kind, id: actor.id })
  try {
    if (now !== null) access.check(now)
    return now !== null
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
