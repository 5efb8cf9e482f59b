import { expect, test } from 'bun:test'
import { composeKoyalite } from './create-koyalite'
import type { LiveRequest, LiveSource } from './ports'
import { metadata, type Schema } from './testing/blog'
import { tokenSession } from './token-session'
import { createTransport } from './transport'

/** What is asked of live queries. */
function recording() {
  const requests: LiveRequest[] = []
  const ask = (request: LiveRequest) => {
    requests.push(request)
    return () => {}
  }
  const source: LiveSource = {
    open: (request) => {
      ask(request)
      return {
        getSnapshot: () => ({ docs: [], seq: undefined, status: 'closed' }),
        subscribe: ask as never,
        reached: async () => {},
      }
    },
    subscribe: ask,
  }
  const transport = createTransport({ url: 'https://api.example.com' }, () => tokenSession(undefined))
  const koya = composeKoyalite<Schema>(metadata.collections, transport, () => ({
    live: source,
    members: { realtime: 'the live part has it' },
  }))
  return { koya, requests }
}

test('queries of every kind say to live queries what they ask for', () => {
  const { koya, requests } = recording()
  koya.posts.live()
  koya.posts
    .filter({ title: 'a' })
    .filter({ published: true })
    .sort('-created_at')
    .limit(3)
    .expand('author')
    .fields('id')
    .subscribe(() => {})
  koya.collection('batch').subscribe({})
  koya.posts.filter({ title: undefined as never }).live()
  koya.posts.offset(1).live()
  koya.posts.limit(1).live({ count: true })
  expect(requests.map(({ payload }) => payload)).toEqual([
    { collection: 'posts', limit: null },
    {
      ...{ collection: 'posts', filter: { $and: [{ title: 'a' }, { published: true }] }, sort: ['-created_at'] },
      ...{ limit: 3, expand: ['author'], fields: ['id'] },
    },
    { collection: 'batch', limit: null },
    { collection: 'posts', limit: null },
    { collection: 'posts', limit: null },
    { collection: 'posts', limit: 1, count: true },
  ])
  expect(requests.map(({ error }) => error?.code)).toEqual([
    undefined,
    undefined,
    undefined,
    'INVALID_FILTER',
    'INVALID_REQUEST',
    undefined,
  ])
  expect(koya).toHaveProperty('realtime')
})

test('equal queries have one key', () => {
  const { koya, requests } = recording()
  koya.posts.filter({ title: 'a', published: true }).live()
  koya.posts.filter({ published: true }).filter({ title: 'a' }).live()
  koya.posts.filter({ published: true, title: 'a' }).live()
  const [first, second, third] = requests.map(({ key }) => key)
  expect(first).toBe(third as string)
  expect(first).not.toBe(second as string)
})
