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
