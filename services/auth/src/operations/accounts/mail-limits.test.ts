import { afterEach, describe, expect, test } from 'bun:test'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

let auth: AuthTester
afterEach(() => auth.close())

let addresses = 0
const newIp = () => `192.0.2.${++addresses}`
const ASKED = ['/api/auth/magic-link', '/api/auth/otp/request', '/api/auth/email/resend']

describe('mailed links and codes', () => {
  test('are limited to ten an hour per mailbox, for every kind and from any address', async () => {
    auth = await startAuth({ settings: { 'auth.rate_limit.mail': '10/hour' } })
    const ask = (i: number, email: string) => auth.post(ASKED[i % 3] ?? '', { email }, { ip: newIp() })
    for (let i = 0; i < 10; i++) expect((await ask(i, i % 2 ? 'ann@example.com' : ' ANN@example.com')).status).toBe(200)
    for (const path of ASKED)
      expect((await auth.post(path, { email: 'ann@example.com' }, { ip: newIp() })).status).toBe(429)
    expect((await ask(0, 'bob@example.com')).status).toBe(200)
    auth.clock.now += 360_000
    expect((await ask(0, 'ann@example.com')).status).toBe(200)
    expect((await ask(0, 'ann@example.com')).status).toBe(429)
  })

  test('are limited per caller', async () => {
    auth = await startAuth({ settings: { 'auth.rate_limit.mail': '4/hour' } })
    const ip = newIp()
    const ask = (i: number) => auth.post(ASKED[i % 3] ?? '', { email: `user${i}@example.com` }, { ip })
    for (let i = 0; i < 4; i++) expect((await ask(i)).status).toBe(200)
    expect((await ask(4)).status).toBe(429)
  })

  test('to a new address count for the requesting account and for that mailbox', async () => {
    auth = await startAuth({ settings: { 'auth.rate_limit.mail': '3/hour' } })
    const change = async (token: string, email: string) =>
      (await auth.post('/api/auth/email/change', { email, password: PASSWORD }, { token, ip: newIp() })).status
    const [ann, bob] = [await auth.user('ann@example.com'), await auth.user('bob@example.com')]
    for (let i = 0; i < 3; i++) expect(await change(ann.access, `new${i}@example.com`)).toBe(200)
    expect(await change(ann.access, 'new3@example.com')).toBe(429)
    for (let i = 0; i < 2; i++) expect(await change(bob.access, 'new0@example.com')).toBe(200)
    expect(await change(bob.access, 'new0@example.com')).toBe(429)
  })

  test('have the configured limit, and none if it is null', async () => {
    auth = await startAuth({ settings: { 'auth.rate_limit.mail': 'null' } })
    const ip = newIp()
    for (let i = 0; i < 30; i++)
      expect((await auth.post('/api/auth/magic-link', { email: 'ann@example.com' }, { ip })).status).toBe(200)
  })
})
