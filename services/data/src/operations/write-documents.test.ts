import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type AuditEvent, SYSTEM } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { createCaller } from '../caller'
import type { DataContext } from '../data-context'
import { openTestContext } from '../testing/open-api'
import { createDocument } from './create-document'
import { deleteDocument } from './delete-document'
import { updateDocument } from './update-document'
import { writeDocuments } from './write-documents'
import { singleWrite, type WriteStep } from './write-outcome'

let database: Database
let context: DataContext
const audited: AuditEvent[] = []

beforeAll(async () => {
  const yaml = `
version: 1
collections:
  notes:
    audit: true
    fields:
      id:   { type: string, primary: true }
      text: { type: string, maxLength: 5 }
`
  const audit = { record: (_tx: unknown, event: AuditEvent) => void audited.push(event) }
  const opened = await openTestContext(yaml, { audit })
  database = opened.database
  context = opened.context
})
afterAll(() => database.close())

const NOBODY = { method: '', ip: '', headers: {}, time: Date.now(), requestId: 'r1' }
const caller = () => createCaller(context, SYSTEM, NOBODY)

function write(step: () => WriteStep, key?: string) {
  const idempotency = key === undefined ? null : { key, fingerprint: key }
  return writeDocuments(context, caller(), { collection: 'notes', idempotency, prepare: () => singleWrite(step()) })
}

const create = (id: string, text: string) => () =>
  createDocument(context, caller(), { collection: 'notes', data: { id, text } })

test('a caller without a request gets outcomes, and is audited like any other', async () => {
  audited.length = 0
  const created = await write(create('a', 'x'))
  expect(created.value).toEqual({ kind: 'created', document: '{"id":"a","text":"x"}' })
  const set = (text: string) => () =>
    updateDocument(context, caller(), { collection: 'notes', id: 'a', data: { text } })
  const updated = await write(set('y'))
  expect(updated).toEqual({ value: { kind: 'updated', document: '{"id":"a","text":"y"}' }, seq: created.seq + 1 })
  expect(await write(set('y'))).toEqual({
    value: { kind: 'unchanged', document: '{"id":"a","text":"y"}' },
    seq: updated.seq,
  })
  const deleted = await write(() => deleteDocument(context, caller(), { collection: 'notes', id: 'a' }))
  expect(deleted).toEqual({ value: { kind: 'deleted', document: null }, seq: created.seq + 2 })
  expect(audited.map(({ event, requestId }) => [event, requestId])).toEqual([
    ['document.created', 'r1'],
    ['document.updated', 'r1'],
    ['document.deleted', 'r1'],
  ])
})

test('with a key a write is made, and audited, once; its error is repeated too', async () => {
  audited.length = 0
  const first = await write(create('b', 'x'), 'key-b')
  const { seq: _, ...again } = await write(create('b', 'x'), 'key-b')
  expect(again).toEqual({ value: first.value })
  expect(audited).toHaveLength(1)
  const failed = () => write(create('c', 'too long'), 'key-c').catch((error: unknown) => error)
  const error = await failed()
  expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'text' }] })
  expect(await failed()).toMatchObject({ code: 'VALIDATION_ERROR', message: (error as Error).message })
})

test('a response that version 0.1 has stored is not taken for an outcome, and nothing is written twice', async () => {
  await write(create('d', 'x'), 'key-d')
  const old = '{"answer":{"status":201,"body":"{}","etag":"\\"1\\""}}'
  await database.write((tx) => {
    tx.run({ text: `UPDATE "_koyalite_idempotency" SET "answer" = ? WHERE "key" = 'key-d'`, params: [old] })
  })
  const again = await write(create('d', 'x'), 'key-d').catch((error: unknown) => error)
  expect(again).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('already executed') })
})
