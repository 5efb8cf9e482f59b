import { expect, test } from 'bun:test'
import { tokenSession } from './token-session'

test('calls whose token was refused share one renewal, and late ones take what it gave', async () => {
  let [stored, renewals] = ['old', 0]
  const token = tokenSession(async ({ expired }) => {
    if (expired) {
      renewals++
      await Bun.sleep(1)
      stored = 'new'
    }
    return stored
  })
  expect(await token.bearer()).toBe('old')
  expect(await Promise.all([token.renewed('old'), token.renewed('old')])).toEqual(['new', 'new'])
  expect(await token.renewed('old')).toBe('new')
  expect(renewals).toBe(1)
})

test('the same token again is none, and a renewal that failed is tried again', async () => {
  expect(await tokenSession(() => 'same').renewed('same')).toBeNull()
  expect(await tokenSession('fixed').renewed('fixed')).toBeNull()
  let attempts = 0
  const token = tokenSession(({ expired }) => {
    if (expired && attempts++ === 0) throw new Error('offline')
    return expired ? 'new' : 'old'
  })
  const failed = await token.renewed('old').catch((error: Error) => error.message)
  expect(failed).toBe('offline')
  expect(await token.renewed('old')).toBe('new')
})
