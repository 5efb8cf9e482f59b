import { expect, mock, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { BLOG_SCHEMA, metadata } from './testing/blog'
import { startNetwork } from './testing/network'

const server = useServer({ schema: BLOG_SCHEMA })

test('when the application comes to the front, the connection is looked at', async () => {
  const listeners = new Set<(state: string) => void>()
  const addEventListener = (_: 'change', listener: (state: string) => void) => {
    listeners.add(listener)
    return { remove: () => listeners.delete(listener) }
  }
  mock.module('react-native', () => ({ AppState: { addEventListener } }))
  const { createKoyalite } = await import('./react-native')
  const net = startNetwork(server.process.port)
  const koya = createKoyalite(metadata, { url: net.url })
  expect(listeners.size).toBe(0)
  let titles: string[] = []
  const stop = koya.posts.subscribe(({ docs }) => {
    titles = docs.map(({ title }) => title)
  })
  await until(() => koya.realtime.status.getSnapshot().status === 'live')
  // The phone has slept: nobody was told that the connection is dead.
  net.freeze()
  expectStatus(await server.api.post('/api/collections/posts', { title: 'meanwhile' }), 201)
  for (const tell of listeners) tell('active')
  await until(() => titles.length === 1)
  stop()
  await until(() => listeners.size === 0)
  net.stop()
})
