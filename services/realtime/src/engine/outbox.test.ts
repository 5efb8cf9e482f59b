import { expect, test } from 'bun:test'
import { Outbox } from './outbox'

const FOREVER = Number.POSITIVE_INFINITY

function recorded() {
  const sent: string[] = []
  const errors: unknown[] = []
  const outbox = new Outbox((error) => errors.push(error))
  const add = (seq: number, name: string, messages: readonly number[] = [1]) =>
    outbox.add(seq, function* () {
      for (const count of messages) {
        sent.push(name)
        yield count
      }
    })
  return { outbox, sent, errors, add, send: (durableSeq: number) => outbox.send({ durableSeq, until: FOREVER }) }
}

test('X3 nothing goes out before its state is on the disk, and nothing overtakes it', () => {
  const { sent, add, send, outbox } = recorded()
  add(2, 'two')
  add(1, 'one, of another group')
  expect(send(1)).toBe(0)
  expect(outbox.isReady(1)).toBe(false)
  expect(send(2)).toBe(2)
  expect(sent).toEqual(['two', 'one, of another group'])
  expect(outbox.isEmpty).toBe(true)
})

test('E2 what is much goes out in parts, in its order', () => {
  const { sent, add, send, outbox } = recorded()
  add(1, 'big', [200, 200, 200])
  add(1, 'small')
  expect(send(1)).toBe(400)
  expect(outbox.isReady(1)).toBe(true)
  expect(send(1)).toBe(201)
  expect(sent).toEqual(['big', 'big', 'big', 'small'])
})

test('E2 nothing goes out when the time is over', () => {
  const { outbox, add, sent } = recorded()
  add(1, 'late')
  expect(outbox.send({ durableSeq: 1, until: 0 })).toBe(0)
  expect(sent).toEqual([])
})

test('what fails is told, and the rest goes out', () => {
  const { outbox, add, sent, errors, send } = recorded()
  outbox.add(1, function* () {
    yield 1
    throw new Error('gone')
  })
  add(1, 'next')
  expect(send(1)).toBe(2)
  expect(sent).toEqual(['next'])
  expect(errors).toMatchObject([{ message: 'gone' }])
})
