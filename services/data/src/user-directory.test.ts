import { expect, test } from 'bun:test'
import { SYSTEM } from '@koyalite/contracts'
import { testUserDirectory } from '@koyalite/testkit'
import { openTestContext } from './testing/open-api'
import { createUserDocuments } from './user-documents'

const SCHEMA = `
version: 1
collections:
  users: { fields: { name: { type: string, nullable: true, validate: { maxLength: 20 } } } }
`

testUserDirectory('of documents', async () => {
  const { database, context } = await openTestContext(SCHEMA)
  return { database, users: createUserDocuments(context), close: () => database.close() }
})

test('a page of users is what its query asks for', async () => {
  const { database, context } = await openTestContext(SCHEMA)
  const users = createUserDocuments(context)
  const request = { actor: SYSTEM, ip: '192.0.2.1', requestId: null, time: Date.now() }
  for (const name of ['Ann', 'Ben', 'Cleo', 'Dan']) {
    const server = { email: `${name}@example.com` }
    await database.write(users.create({ fields: { name }, by: 'own', server, request }))
  }
  const page = async (query: Parameters<typeof users.list>[1]) => JSON.parse(await users.list(SYSTEM, query, request))
  const query = { filter: ['name:gt:Ann', 'name:lt:Dan'], sort: '-name', limit: 1, fields: 'name', count: true }
  const first = await page(query)
  expect(first).toMatchObject({ docs: [{ name: 'Cleo' }], total: 2 })
  expect(await page({ ...query, cursor: first.next_cursor })).toMatchObject({ docs: [{ name: 'Ben' }] })
  expect(await page({ ...query, offset: 1, where: undefined })).toMatchObject({ docs: [{ name: 'Ben' }] })
  const wrong = await page({ filter: ['shoe:eq:1'] }).catch((error: unknown) => error)
  expect(wrong).toMatchObject({ code: 'INVALID_FILTER' })
  await database.close()
})
