import { describe, expect, test } from 'bun:test'
import { ANONYMOUS, AppError, type JsonValue, SYSTEM, type TransactionOwner, type Tx } from '@koyalite/contracts'
import type { HttpApp } from '@koyalite/kernel'
import type { DoorContext } from '../http/function-door'
import type { Instance } from '../pool/instance'
import type { LoadedFunction } from '../versions/loaded-function'
import { createInternalDoor } from './internal-door'
import { createRunningCalls, type RunningCall } from './running-calls'

// The door only compares instances, and passes them on.
const instanceNamed = (name: string) => ({ id: name, name }) as unknown as Instance
const INSTANCE = instanceNamed('f')

describe('what the code of a call asks for', () => {
  const running = createRunningCalls()
  const open = new Set<TransactionOwner>()
  const paths: string[] = []
  const foreign: Instance[] = []
  const done: JsonValue[] = []
  const door = createInternalDoor({
    running,
    transactions: {
      requireNone(owner) {
        if (open.has(owner)) throw new AppError('TRANSACTION_OPEN', 'one is open')
      },
    },
    app: () => ({ fetch: (request: Request) => Response.json(paths.push(new URL(request.url).pathname)) }) as HttpApp,
    door: {} as DoorContext,
    find: (name) => (name === 'g' ? ({ kind: 'typed', maxBody: 1_000 } as LoadedFunction) : undefined),
    publish: () => ({ run: () => null }),
    send: () => ({ run: () => null }),
    push: (call, sent) => ({ run: () => ({ jobs: [{ of: call.function, sent: sent as JsonValue }] }) }),
    async write(run) {
      const value = run({} as Tx)
      done.push(value)
      return { value }
    },
    onForeignToken: (instance) => void foreign.push(instance),
  })
  const begun = (instance = INSTANCE, more: Partial<RunningCall> = {}) =>
    running.begin(
      {
        ...{
          execution: 'e',
          function: 'f',
          calls: [],
          queues: [],
          publishes: [],
          enqueuer: { kind: 'system' },
          job: null,
          isAdmin: false,
          readsOnly: false,
          isTrial: false,
          ip: '',
          requestId: 'r',
        },
        ...{ chain: { root: 'e', depth: 0 }, deadline: 0, actor: () => SYSTEM, log: () => {} },
        ...more,
      },
      instance,
    )
  const ask = (token: string, path: string, instance = INSTANCE) =>
    door.answer(
      new Request(`http://koyalite/internal/v1${path}`, { headers: { authorization: `Bearer ${token}` } }),
      instance,
    )
  const callOf = (token: string) => running.required(new Headers({ authorization: `Bearer ${token}` }))

  test('is no documents outside of its transaction while one is open', async () => {
    const [one, other] = [begun(), begun()]
    open.add(callOf(one.token))
    for (const path of ['/db/api/collections/posts', '/db/api/batch', '/admin/api/collections/posts/1']) {
      const refused = await ask(one.token, path)
      expect(refused.status).toBe(409)
      expect(await refused.json()).toMatchObject({ error: { code: 'TRANSACTION_OPEN' } })
      expect((await ask(other.token, path)).status).toBe(200)
    }
    paths.length = 0
    expect((await ask(one.token, '/transactions/t/api/collections/posts')).status).toBe(200)
    expect(paths).toEqual(['/internal/v1/transactions/t/api/collections/posts'])
    open.clear()
    expect((await ask(one.token, '/db/api/collections/posts')).status).toBe(200)
  })

  const post = async (token: string, path: string, body: unknown) => {
    const init = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body) }
    const answered = await door.answer(new Request(`http://koyalite/internal/v1${path}`, init), INSTANCE)
    return { status: answered.status, body: answered.status === 204 ? null : await answered.json() }
  }

  test('is jobs, while no transaction is open, of somebody who still is somebody', async () => {
    const { token } = begun()
    const pushed = await post(token, '/jobs', { jobs: [] })
    expect(pushed).toEqual({ status: 201, body: { jobs: [{ of: 'f', sent: { jobs: [] } }] } })
    open.add(callOf(token))
    expect((await post(token, '/jobs', {})).body).toMatchObject({ error: { code: 'TRANSACTION_OPEN' } })
    open.clear()
    const gone = (): never => {
      throw new AppError('UNAUTHENTICATED', 'gone')
    }
    const blocked = begun(INSTANCE, { actor: gone, enqueuer: ANONYMOUS })
    expect((await post(blocked.token, '/jobs', {})).status).toBe(401)
    const ofNobody = begun(INSTANCE, { actor: gone, enqueuer: null })
    expect((await post(ofNobody.token, '/jobs', {})).status).toBe(201)
  })

  test('is the progress of the job that it runs', async () => {
    const said: number[] = []
    const progress = async (fraction: number) => void said.push(fraction)
    const job = { id: 'j', attempt: 1, key: null, lease: { id: 'j', token: 1 }, progress }
    const { token } = begun(INSTANCE, { job })
    expect(await post(token, '/job/progress', { progress: 0.4 })).toEqual({ status: 204, body: null })
    for (const wrong of [{ progress: 2 }, { progress: '1' }, {}, null])
      expect((await post(token, '/job/progress', wrong)).status).toBe(422)
    expect((await post(begun().token, '/job/progress', { progress: 0.4 })).status).toBe(400)
    expect(said).toEqual([0.4])
  })

  test.each(['/jobs', '/events', '/functions/g'])(
    'is nothing that is sent to its end after its call has ended: %s',
    async (path) => {
      const { token, end } = begun(INSTANCE, { calls: ['g'] })
      let rest: ReadableStreamDefaultController<Uint8Array> | undefined
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          rest = controller
          controller.enqueue(Buffer.from('{'))
        },
      })
      const request = new Request(`http://koyalite/internal/v1${path}`, {
        ...{ method: 'POST', headers: { authorization: `Bearer ${token}` }, body },
      })
      const [before, answered] = [done.length, door.answer(request, INSTANCE)]
      end()
      rest?.enqueue(Buffer.from('}'))
      rest?.close()
      expect((await answered).status).toBe(401)
      expect(done.length).toBe(before)
    },
  )

  test('is answered to its own instance alone, and until it has ended', async () => {
    const { token, end } = begun()
    expect((await ask(token, '/db/api/batch', instanceNamed('g'))).status).toBe(401)
    expect(foreign).toHaveLength(1)
    const ended: string[] = []
    callOf(token).onEnd(() => ended.push('transaction'))
    end()
    expect(ended).toEqual(['transaction'])
    expect((await ask(token, '/transactions')).status).toBe(401)
    expect(() => callOf(token)).toThrow('The call has ended')
  })
})
