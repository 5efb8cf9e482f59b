const queues = new WeakMap<object, Map<string, Promise<void>>>()

/**
 * Runs what writes the same keys one after the other, in the order of the calls, and all else at once: two requests may reach the server in
 * another order than they were sent.
 *
 * @param owner whose keys they are
 */
export function inOrder<T>(owner: object, keys: readonly string[], run: () => Promise<T>): Promise<T> {
  const queue = queues.get(owner) ?? new Map<string, Promise<void>>()
  queues.set(owner, queue)
  const result = Promise.all(keys.map((key) => queue.get(key))).then(run)
  const ended = result.then(
    () => undefined,
    () => undefined,
  )
  for (const key of keys) queue.set(key, ended)
  void ended.then(() => {
    for (const key of keys) if (queue.get(key) === ended) queue.delete(key)
  })
  return result
}
