import { describe, expect, test } from 'bun:test'
import { AppError, SYSTEM, type TransactionOwner } from '@koyalite/contracts'
import type { HttpApp } from '@koyalite/kernel'
import type { DoorContext } from '../http/function-door'
import type { Instance } from '../pool/instance'
import { createInternalDoor } from './internal-door'
import { createRunningCalls } from './running-calls'

// The door only compares instances, and passes them on.
const instanceNamed = (name: string) => ({ id: name, name }) as unknown as Instance
const INSTANCE = instanceNamed('f')

describe('what the code of a call asks for', () => {
  const running = createRunningCalls()
  const open = new Set<TransactionOwner>()
  const paths: string[] = []
  const foreign: Instance[] = []
  const door = createInternalDoor({
    running,
    transactions: {
      requireNone(owner) {
        if (open.has(owner)) throw new AppError('TRANSACTION_OPEN', 'one is open')
      },
    },
    app: () => ({ fetch: (request: Request) => Response.json(paths.push(new URL(request.url).pathname)) }) as HttpApp,
    door: {} as DoorContext,
    find: () => undefined,
    onForeignToken: (instance) => void foreign.push(instance),
  })
  const begun = (instance = INSTANCE) =>
    running.begin(
      {
        ...{
          execution: 'e',
          function: 'f',
          calls: [],
          isAdmin: false,
          readsOnly: false,
          isTrial: false,
          ip: '',
          requestId: 'r',
        },
        ...{ chain: { root: 'e', depth: 0 }, deadline: 0, actor: () => SYSTEM, log: () => {} },
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
