import { expect, test } from 'bun:test'
import { inOrder } from './in-order'

test('what has a key in common runs one after the other, also after failures; all else at once', async () => {
  const owner = {}
  const log: string[] = []
  const gates = new Map<string, PromiseWithResolvers<void>>()
  const run = (name: string, keys: string[], of: object = owner) => {
    const gate = Promise.withResolvers<void>()
    gates.set(name, gate)
    return inOrder(of, keys, () => {
      log.push(name)
      return gate.promise
    }).catch((error: Error) => error.message)
  }
  const a = run('a', ['1', '2'])
  const b = run('b', ['2', '3'])
  const c = run('c', ['3'])
  run('d', ['4'])
  run('e', ['1'], {})
  await Bun.sleep(0)
  expect(log).toEqual(['a', 'd', 'e'])
  gates.get('a')?.reject(new Error('refused'))
  expect(await a).toBe('refused')
  await Bun.sleep(0)
  expect(log).toEqual(['a', 'd', 'e', 'b'])
  gates.get('b')?.resolve()
  await b
  await Bun.sleep(0)
  expect(log).toEqual(['a', 'd', 'e', 'b', 'c'])
  gates.get('c')?.resolve()
  await c
})
