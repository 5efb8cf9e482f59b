import { spyOn } from 'bun:test'

/** `performance.now` stands still until this is disposed of: what a batch holds is then decided by the test, not by how fast the machine is. */
export function stoppedClock(): Disposable {
  const now = performance.now()
  const clock = spyOn(performance, 'now').mockImplementation(() => now)
  return { [Symbol.dispose]: () => clock.mockRestore() }
}
