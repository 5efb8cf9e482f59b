import { expect, test } from 'bun:test'
import { ANONYMOUS } from '@koyalite/contracts'
import type { Instance } from '../pool/instance'
import { createRunningCalls } from './running-calls'

// Only told apart by tokens.
const [one, other] = [{}, {}] as unknown as readonly [Instance, Instance]

function call(execution: string) {
  return {
    ...{
      execution,
      function: 'hello',
      calls: [],
      queues: [],
      publishes: [],
      enqueuer: null,
      job: null,
      readsOnly: false,
      isAdmin: false,
      isTrial: false,
      ip: '',
      requestId: '',
    },
    ...{ chain: { root: execution, depth: 0 }, deadline: 0, actor: () => ANONYMOUS, log() {} },
  }
}

test('a token is worth something for its instance, until its call has ended', () => {
  const calls = createRunningCalls()
  const { token, end } = calls.begin(call('a'), one)
  expect(calls.find(`Bearer ${token}`, one)?.execution).toBe('a')
  expect(calls.find(`Bearer ${token}`, other)).toBeNull()
  expect(calls.find(null, one)).toBeNull()
  end()
  expect(calls.find(`Bearer ${token}`, one)).toBeNull()
  expect(() => calls.required(new Headers({ authorization: `Bearer ${token}` }))).toThrow('The call has ended.')
})

test('a call that has ended may log, until a hundred others have ended', () => {
  const calls = createRunningCalls()
  const first = calls.begin(call('first'), one)
  expect(calls.findLogged(`Bearer ${first.token}`, one)?.execution).toBe('first')
  first.end()
  first.end()
  expect(calls.findLogged(`Bearer ${first.token}`, one)?.execution).toBe('first')
  expect(calls.findLogged(`Bearer ${first.token}`, other)).toBeNull()
  for (let n = 0; n < 99; n++) calls.begin(call(`n${n}`), one).end()
  expect(calls.findLogged(`Bearer ${first.token}`, one)?.execution).toBe('first')
  calls.begin(call('last'), one).end()
  expect(calls.findLogged(`Bearer ${first.token}`, one)).toBeNull()
})
