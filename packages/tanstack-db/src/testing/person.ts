import { createKoyalite, type KoyaError, type Koyalite } from '@koyalite/client'
import { expectStatus, type TestServer } from '@koyalite/testkit'
import { createCollection } from '@tanstack/db'
import { koyaCollectionOptions } from '../koya-collection-options'
import { metadata, type Schema } from './rooms'

export interface Person {
  readonly id: string
  readonly koya: Koyalite<Schema>
  /** Method and path of each request that was sent. */
  readonly requests: string[]
  /** Waits before a request is sent, before its answer is given, and before a message of the socket is. */
  readonly delay: {
    before?: (path: string) => unknown
    after?: (path: string) => unknown
    message?: () => Promise<unknown>
  }
}

let names = 0

/** Somebody with an account, and a client whose network the test can slow down. */
export async function person(server: TestServer): Promise<Person> {
  const { body } = expectStatus(await server.anonymous.post('/api/auth/anonymous', { name: `p${++names}` }), 201)
  const requests: string[] = []
  const delay: Person['delay'] = {}
  const koya = createKoyalite(metadata, {
    url: server.process.url,
    token: body.access_token,
    WebSocket: slowSocket(delay),
    async fetch(url, init) {
      const path = `${init.method} ${new URL(url).pathname}`
      requests.push(path)
      await delay.before?.(path)
      const response = await fetch(url, init)
      await delay.after?.(path)
      return response
    },
  })
  return { id: body.user.id, koya, requests, delay }
}

/** A socket whose messages arrive late, in their order. */
function slowSocket(delay: Person['delay']) {
  return class extends WebSocket {
    override set onmessage(listener: (event: MessageEvent) => void) {
      let before: Promise<unknown> = Promise.resolve()
      this.addEventListener('message', (event) => {
        if (delay.message === undefined) before = before.then(() => listener(event))
        else before = Promise.all([before, delay.message()]).then(() => listener(event))
      })
    }
  }
}

let rooms = 0

/** A room of its own, as a collection. */
export async function room(
  who: Person,
  name = `room ${++rooms}`,
  { awaitTimeout }: { readonly awaitTimeout?: number } = {},
) {
  const { koya, id } = who
  const errors: KoyaError[] = []
  const todos = createCollection(
    koyaCollectionOptions({
      query: koya.todos.filter({ room: name }),
      defaults: () => ({ done: false, rank: 0, owner_id: id, made_at: new Date() }),
      onError: (error) => errors.push(error),
      awaitTimeout,
    }),
  )
  await todos.preload()
  return { name, todos, errors, titles: () => todos.toArray.map(({ title }) => title).toSorted() }
}
