import { expect, test } from 'bun:test'
import { type Actor, AppError, type ChangedIdentity, type OperatorRole, type RouteAccess } from '@koyalite/contracts'
import { liveResponse } from './live-response'

const FOR_ADMINS: RouteAccess = {
  kind: 'admin',
  description: 'Operators with the role admin.',
  check(actor) {
    if (actor.kind === 'operator' && actor.role === 'admin') return actor
    throw new AppError('FORBIDDEN', 'No.')
  },
}
const operator = (role: OperatorRole): Actor => ({
  ...{ kind: 'operator', id: 'ann', email: 'ann@example.com', role, sessionId: 's' },
})

function follow() {
  const listeners = new Set<(changed: ChangedIdentity) => void>()
  const followers = new Set<(value: object) => void>()
  let now: Actor | null = operator('admin')
  const add = <T>(all: Set<T>, one: T) => {
    all.add(one)
    return () => void all.delete(one)
  }
  const response = liveResponse({
    actor: now,
    access: FOR_ADMINS,
    callers: { subscribe: (listener) => add(listeners, listener), actorNow: () => now },
    greeting: 'it follows',
    follow: (send) => add(followers, send),
  })
  return {
    response,
    send(value: object) {
      for (const one of followers) one(value)
    },
    become(actor: Actor | null, changed: ChangedIdentity) {
      now = actor
      for (const one of listeners) one(changed)
    },
    open: () => listeners.size + followers.size,
  }
}

const ANN = { kind: 'operator', id: 'ann' } as const

test.each<[string, Actor | null, ChangedIdentity]>([
  ['demoted', operator('viewer'), ANN],
  ['gone', null, ANN],
  ['signed out', operator('admin'), { kind: 'session', id: 's' }],
  ['perhaps somebody else', operator('admin'), { kind: 'anything' }],
])('ends for somebody who is %s', async (_, actor, changed) => {
  const { response, send, become, open } = follow()
  send({ n: 1 })
  become(operator('admin'), ANN)
  become(null, { kind: 'operator', id: 'bob' })
  become(operator('admin'), { kind: 'session', id: 't' })
  send({ n: 2 })
  become(actor, changed)
  send({ n: 3 })
  expect(await response.text()).toBe(': it follows\n\ndata: {"n":1}\n\ndata: {"n":2}\n\n')
  expect(open()).toBe(0)
})

test('ends where the client goes away', async () => {
  const { response, open } = follow()
  await response.body?.cancel()
  expect(open()).toBe(0)
})
