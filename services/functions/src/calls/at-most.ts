/** `last`: it may now, and the next time it may not. */
export type AtMost<Key extends object> = (key: Key) => 'yes' | 'last' | 'no'

/** Lets something happen so often within a time, for each key: what code of functions causes must not fill logs. Keys are forgotten with their objects. */
export function atMost<Key extends object>(times: number, withinMs: number): AtMost<Key> {
  const seen = new WeakMap<Key, { since: number; count: number }>()
  return (key) => {
    const now = performance.now()
    const known = seen.get(key)
    if (known === undefined || now - known.since > withinMs) {
      seen.set(key, { since: now, count: 1 })
      return times === 1 ? 'last' : 'yes'
    }
    if (known.count >= times) return 'no'
    return ++known.count === times ? 'last' : 'yes'
  }
}
