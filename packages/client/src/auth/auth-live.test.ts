import { expect, test } from 'bun:test'
import { until } from '@koyalite/testkit'
import { createKoyalite } from '../index'
import type { CollectionTypes, Metadata } from '../metadata'
import { useSteppingServer } from './testing/stepping-server'

const TTL_MS = 15 * 60_000
const server = useSteppingServer(TTL_MS, {
  schema: `version: 1
collections:
  users: { fields: { name: { type: string, nullable: true } } }
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      text: { type: string }
      owner_id: { type: uuid, references: users.id, default: auth.id }
    rules: { read: "doc.owner_id == auth.id", create: "auth.id != null" }
`,
})

interface Notes extends CollectionTypes {
  doc: { id: string; text: string; owner_id: string }
  create: { text: string }
  update: { text?: string | undefined }
  key: 'id'
  relations: Record<never, never>
}
const metadata: Metadata<{ notes: Notes }> = { collections: { notes: {} } }
const client = () => createKoyalite(metadata, { url: server.process.url })
const account = (name: string) => ({ email: `${name}@example.com`, password: 'correct horse battery' })

test('D29 a live query goes on with the next token, and misses nothing', async () => {
  const koya = client()
  await koya.auth.register(account('ann'))
  const statuses: string[] = []
  const deltas: string[][] = []
  const stop = koya.notes.subscribe({
    status: (status) => void statuses.push(status),
    delta: ({ inserts }) => void deltas.push(inserts.map(({ text }) => text)),
  })
  await koya.notes.create({ text: 'before' })
  await until(() => deltas.flat().length === 1)
  await server.step()
  await koya.notes.create({ text: 'after' })
  await until(() => deltas.flat().length === 2)
  expect(deltas.flat()).toEqual(['before', 'after'])
  expect(koya.auth.status).toBe('signed_in')
  expect(statuses).not.toContain('closed')
  stop()
})

test('D30 what one user saw is gone before anybody learns of the next', async () => {
  const koya = client()
  await koya.auth.register(account('ben'))
  await koya.notes.create({ text: 'of ben' })
  const notes = koya.notes.live()
  const stop = notes.subscribe(() => {})
  const texts = () => notes.getSnapshot().docs.map(({ text }) => text)
  await until(() => texts().length === 1)
  const seen: unknown[] = []
  koya.auth.onChange((event) => void seen.push(event, texts()))
  await koya.auth.ready
  await koya.auth.logout()
  await koya.auth.register(account('cleo'))
  await koya.notes.create({ text: 'of cleo' })
  await until(() => texts().length === 1)
  expect(texts()).toEqual(['of cleo'])
  expect(seen).toEqual(['signed_in', ['of ben'], 'signed_out', [], 'signed_in', []])
  stop()
})
