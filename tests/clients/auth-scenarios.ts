import { expect, test } from 'bun:test'
import { startFaultProxy } from '@koyalite/testkit'
import type { Document } from './driver'
import { ACCESS_TTL_MS, create, failure, listOf, newEmail, PASSWORD, type World } from './scenario-world'

/** How every client signs in, and stays signed in. */
export function authScenarios({ language, server, anonymous }: World): void {
  test('auth: registers, signs in, owns what it makes, signs out', async () => {
    const koya = anonymous()
    const email = newEmail()
    expect(await koya.do({ op: 'user' })).toBeNull()
    await koya.do({ op: 'register', email, password: PASSWORD })
    expect(await koya.do<Document>({ op: 'user' })).toMatchObject({ email })
    const note = await create(koya, 'notes', { text: 'mine' })
    expect(await listOf(koya, { collection: 'notes' })).toEqual([note])
    const refused = { code: 'UNAUTHENTICATED', kind: language.kindOf('UNAUTHENTICATED') }
    expect(await failure(listOf(anonymous(), { collection: 'notes' }))).toMatchObject(refused)
    await koya.do({ op: 'logout' })
    expect(await koya.do({ op: 'user' })).toBeNull()
    expect(await failure(listOf(koya, { collection: 'notes' }))).toMatchObject(refused)
    const wrong = await failure(koya.do({ op: 'login', email, password: 'wrong' }))
    expect(wrong).toMatchObject({ status: 401 })
    await koya.do({ op: 'login', email, password: PASSWORD })
    expect(await listOf(koya, { collection: 'notes' })).toEqual([note])
  })

  test('auth: an access token that has expired is renewed once, however many calls meet it', async () => {
    const proxy = startFaultProxy(server.process.url, () => undefined)
    try {
      const koya = anonymous({ url: proxy.url })
      await koya.do({ op: 'register', email: newEmail(), password: PASSWORD })
      const note = await create(koya, 'notes', { text: 'mine' })
      for (let round = 0; round < 2; round++) {
        const before = proxy.requests.filter(({ path }) => path === '/api/auth/refresh').length
        await Bun.sleep(ACCESS_TTL_MS + 100)
        const lists = await Promise.all(Array.from({ length: 20 }, () => listOf(koya, { collection: 'notes' })))
        // Nobody's call would be refused.
        for (const docs of lists) expect(docs).toEqual([note])
        const refreshed = proxy.requests.filter(({ path }) => path === '/api/auth/refresh').length
        expect(refreshed - before).toBe(1)
      }
    } finally {
      proxy.stop()
    }
  })

  test('auth: a session that has ended elsewhere is an error, and nobody’s answer is not taken for an own one', async () => {
    const email = newEmail()
    const koya = anonymous()
    await koya.do({ op: 'register', email, password: PASSWORD })
    await create(koya, 'notes', { text: 'mine' })
    const { id } = (await koya.do<Document>({ op: 'user' })) as { id: string }
    expect((await server.api.delete(`/api/collections/users/${id}`)).status).toBe(204)
    expect(await failure(listOf(koya, { collection: 'notes' }))).toMatchObject({
      code: 'UNAUTHENTICATED',
      kind: language.kindOf('UNAUTHENTICATED'),
    })
  })
}
