import { expect, test } from 'bun:test'
import { type AuditEvent, SYSTEM } from '@koyalite/contracts'
import { hooksOfFunctions } from '../testing/hooks-of-functions'
import { openTestApi, openTestContext, user } from '../testing/open-api'
import { createUserDocuments } from '../user-documents'

const ANN = '00000000-0000-7000-8000-00000000000a'

const SCHEMA = `
version: 1
collections:
  users:
    fields:
      nick: { type: string, write: "false" }
  posts:
    fields:
      id: { type: string, primary: true }
      user_id: { type: uuid, references: users.id, onDelete: cascade }
    rules: { create: "true" }
  trail:
    audit: true
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string }
`

test('users who sign up, change and go run the hooks of users, and of what goes with them', async () => {
  const log: unknown[] = []
  const hooks = hooksOfFunctions({
    users: {
      prepareCreate: async ({ data }) => {
        log.push('prepareCreate')
        return data
      },
      beforeCreate: ({ data }) => ({ ...data, nick: String(data?.email).split('@')[0] as string }),
      beforeUpdate: ({ data, old }) => {
        log.push(['beforeUpdate', old?.nick])
        return data
      },
      afterCreate: ({ doc }) => void log.push(['afterCreate', doc?.nick]),
      afterUpdate: ({ doc }) => void log.push(['afterUpdate', doc?.verified]),
      afterDelete: ({ old }) => void log.push(['afterDelete', old?.nick]),
    },
    posts: { afterDelete: ({ old }) => void log.push(['afterDelete', old?.id]) },
  })
  const { context, database } = await openTestContext(SCHEMA, { hooks })
  const users = createUserDocuments(context)
  const request = { actor: SYSTEM, ip: null, requestId: null, time: Date.now() }
  const asked = { fields: {}, by: 'own', request } as const
  const { value: id } = await database.write(
    users.create({ ...asked, fields: { email: 'ann@example.com' }, server: { id: ANN } }),
  )
  await database.write(users.update(id, { ...asked, server: { verified: true } }))
  await database.write((tx) => {
    tx.run({ text: `INSERT INTO "posts" ("id", "user_id") VALUES ('p', ?)`, params: [id] })
  })
  await database.write(users.remove(id, request))
  await hooks.settled()
  expect(log).toEqual([
    ['afterCreate', 'ann'],
    ['beforeUpdate', 'ann'],
    ['afterUpdate', true],
    ['afterDelete', 'ann'],
    ['afterDelete', 'p'],
  ])
  await database.close()
})

test('what a hook writes is audited in the name of whoever made the write', async () => {
  const entries: AuditEvent[] = []
  const hooks = hooksOfFunctions({
    posts: {
      beforeCreate({ data, documents }) {
        documents.create('trail', { text: 'before' })
        return data
      },
      async afterCreate({ documents }) {
        await documents.create('trail', { text: 'after' })
      },
    },
  })
  const api = await openTestApi(SCHEMA, { hooks, audit: { record: (_, entry) => void entries.push(entry) } })
  await api.system('POST', '/collections/users', { id: ANN, email: 'ann@example.com', nick: 'ann' })
  const created = await api.as(user(ANN))('POST', '/collections/posts', { id: 'p', user_id: ANN })
  expect(created.status).toBe(201)
  await hooks.settled()
  expect(entries.map(({ actor, target, details }) => ({ actor, target, details }))).toMatchObject([
    { actor: { kind: 'user', id: ANN }, details: { after: { text: 'before' } } },
    { actor: { kind: 'user', id: ANN }, details: { after: { text: 'after' } } },
  ])
  await api.close()
})
