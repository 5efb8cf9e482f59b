import { expect, test } from 'bun:test'
import { refusedRecipients } from './smtp-refusals'

test('a bounce is a mailbox that is not there, and nothing else', () => {
  for (const [response, isFinal, isBounce] of [
    ['550 no such user', true, true],
    ['550 5.1.1 no such user', true, true],
    ['551-5.1.6 moved', true, true],
    ['553 5.1.3 bad address', true, true],
    ['554 5.1.1 no such user', true, true],
    ['554 not today', true, false],
    ['550 5.7.1 looks like spam', true, false],
    ['552 5.2.2 mailbox full', true, false],
    ['501 5.1.3 syntax', true, false],
    ['450 4.2.1 busy', false, false],
    ['421 closing', false, false],
  ] as const) {
    const error = { message: 'no', recipient: 'ann@example.com', responseCode: Number(response.slice(0, 3)), response }
    const address = 'ann@example.com'
    expect([response, refusedRecipients([error])]).toEqual([response, [{ address, isFinal, isBounce, message: 'no' }]])
  }
})
