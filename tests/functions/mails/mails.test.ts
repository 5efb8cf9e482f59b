import { expect, test } from 'bun:test'
import { expectError, expectStatus, until, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, maxLength: 20 }
    rules: { create: "true", read: "true" }
`
const WELCOME = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  async handler({ mail, title }: any, ctx) {
    if (title === undefined) return ctx.mail.send(mail)
    return ctx.db.transaction(async (tx) => {
      const id = await tx.mail.send(mail)
      await tx.collection('posts').create({ title })
      return id
    })
  },
})
`
const READER = WELCOME.replace("access: 'true'", "access: 'true', read: true")

const server = useServer({ schema: SCHEMA, files: { 'functions/welcome.ts': WELCOME, 'functions/reader.ts': READER } })

const call = (name: string, input: object) => server.anonymous.post(`/api/functions/${name}`, input)
const mails = async () => {
  const { body } = expectStatus(await server.api.get('/api/admin/mail?limit=100'), 200)
  return body.mails as { id: string; function: string | null; to: string; subject: string; status: string }[]
}
const MAIL = { to: 'ann@example.com', subject: 'Welcome', text: 'Hello' }

test('a function sends mails, by themselves and with transactions, all or nothing', async () => {
  const { body: id } = expectStatus(await call('welcome', { mail: { ...MAIL, key: 'a' } }), 200)
  expect(expectStatus(await call('welcome', { mail: { ...MAIL, key: 'a' } }), 200).body).toBe(id)
  expect((await mails()).map((one) => [one.id, one.function, one.to])).toEqual([[id, 'welcome', MAIL.to]])
  await until(async () => (await mails()).every(({ status }) => status === 'sent'))

  const kept = { mail: { ...MAIL, subject: 'Kept' }, title: 'kept' }
  const second = expectStatus(await call('welcome', kept), 200).body
  const refused = await call('welcome', { mail: { ...MAIL, subject: 'Undone', key: 'b' }, title: 'x'.repeat(21) })
  expectError(refused, 'VALIDATION_ERROR')
  expect((await mails()).map((one) => one.id).sort()).toEqual([id, second].sort())
  expect(expectStatus(await server.api.get('/api/collections/posts'), 200).body.docs).toHaveLength(1)
})

test('what is wrong with a mail is said, and nothing is sent', async () => {
  const before = (await mails()).length
  for (const [change, says] of [
    [{ to: 'ann@example.com, eve@example.com' }, 'to must be one plain email address'],
    [{ to: [] }, 'to must have an address'],
    [{ subject: 'a\r\nBcc: eve@example.com' }, 'subject must be one line'],
    [{ headers: { Bcc: 'eve@example.com' } }, 'X-'],
    [{ text: undefined }, 'text is missing'],
    [{ bc: 'x' }, 'bc'],
  ] as const) {
    const refused = await call('welcome', { mail: { ...MAIL, ...change } })
    expectError(refused, 'VALIDATION_ERROR')
    expect(JSON.stringify(refused.body)).toContain(says)
  }
  expectError(await call('reader', { mail: MAIL }), 'FORBIDDEN')
  expect(await mails()).toHaveLength(before)
})
