import { expect, test } from 'bun:test'
import { listBody } from './list-body'

test.each([
  ['nothing', []],
  ['short texts', ['1', '"é"']],
  ['long texts', ['"é"'.repeat(400_000), '1', '"💩"'.repeat(400_000)]],
])('a list of %s is the same as text or as bytes', async (_, items) => {
  const body = await listBody('{"docs":[', items, ']}')
  const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body ?? undefined)
  // Compared first: a difference of megabytes is no message.
  expect(text === `{"docs":[${items.join(',')}]}`).toBe(true)
})

test('while a long list is put together, others have the event loop', async () => {
  let turns = 0
  const counting = setInterval(() => turns++, 0)
  const body = await listBody(
    '[',
    Array.from({ length: 200 }, () => 'é'.repeat(250_000)),
    ']',
  )
  clearInterval(counting)
  expect(body).toBeInstanceOf(Uint8Array)
  expect(turns).toBeGreaterThan(1)
})
