/** The last work of each name that has not ended. */
const queues = new Map<string, Promise<unknown>>()

/** Runs work on one thing after the other: what a request has looked at is as it was while it goes on with it. @param name of the thing: its path */
export function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const result = (queues.get(name) ?? Promise.resolve()).then(work)
  const ended = result.then(
    () => {},
    () => {},
  )
  queues.set(name, ended)
  void ended.then(() => {
    if (queues.get(name) === ended) queues.delete(name)
  })
  return result
}
