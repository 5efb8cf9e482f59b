/** Without anything arriving: what is still missing then is lost. */
const QUIET_MS = 5_000

/** What each subscriber should have and has. Those of a room are every `rooms`-th; a write is complete when all of them have it. */
export interface Audience {
  /** Documents that all subscribers together have received. */
  readonly received: number
  /** When the last of them came. */
  readonly lastAt: number
  /** A document is about to be written to this room: at once, or when fewer than so many are on their way; false if nothing more comes. */
  expect(room: number, onTheirWay?: number): Promise<boolean>
  receive(subscriber: number, count: number): void
  /** Until all that was written to this room is complete; false if nothing more comes. */
  complete(room: number): Promise<boolean>
  /** Documents that subscribers have too few or too many of. */
  missed(): { readonly few: number; readonly many: number }
}

export function createAudience(subscribers: number, rooms: number): Audience {
  const received = new Int32Array(subscribers)
  const written = new Int32Array(rooms)
  const complete = new Int32Array(rooms)
  /** By room and document: how many have it. */
  const holders = Array.from({ length: rooms }, (): number[] => [])
  const each = subscribers / rooms
  let [total, lastAt] = [0, 0]
  let waiting: { readonly isOver: () => boolean; readonly resolve: (isOver: boolean) => void }[] = []
  const at = (numbers: Int32Array, index: number) => numbers[index] ?? 0
  const onTheirWay = (room: number) => at(written, room) - at(complete, room)
  const until = (isOver: () => boolean): Promise<boolean> => {
    if (isOver()) return Promise.resolve(true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const since = performance.now()
    const quiet = setInterval(() => {
      if (performance.now() - Math.max(lastAt, since) > QUIET_MS) resolve(false)
    }, 500)
    waiting.push({ isOver, resolve })
    return promise.finally(() => clearInterval(quiet))
  }
  return {
    get received() {
      return total
    },
    get lastAt() {
      return lastAt
    },
    async expect(room, most = Number.POSITIVE_INFINITY) {
      // Looked at again after the wait: others that waited for the same may have written before this one goes on.
      while (onTheirWay(room) >= most) if (!(await until(() => onTheirWay(room) < most))) return false
      written[room] = at(written, room) + 1
      return true
    },
    receive(subscriber, count) {
      const room = subscriber % rooms
      const having = holders[room] ?? []
      const had = at(received, subscriber)
      received[subscriber] = had + count
      total += count
      lastAt = performance.now()
      for (let n = had; n < had + count; n++) having[n] = (having[n] ?? 0) + 1
      const before = at(complete, room)
      let now = before
      while (having[now] === each) now++
      if (now === before) return
      complete[room] = now
      const over = waiting.filter(({ isOver }) => isOver())
      waiting = waiting.filter((one) => !over.includes(one))
      for (const { resolve } of over) resolve(true)
    },
    complete: (room) => until(() => onTheirWay(room) === 0),
    missed() {
      let [few, many] = [0, 0]
      for (const [n, count] of received.entries()) {
        const difference = count - at(written, n % rooms)
        if (difference < 0) few -= difference
        else many += difference
      }
      return { few, many }
    },
  }
}
