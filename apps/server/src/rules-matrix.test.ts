import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Actor } from '@koyalite/contracts'
import { accessMatrix, type Matrix, type MatrixCell, type RuleSandbox } from '@koyalite/rules'
import { OPERATIONS, type Operation } from '@koyalite/schema'
import { openRuleSandbox } from './rule-sandbox'
import { loadSchema, SANDBOX_SERVER } from './testing/open-sandbox'
import { ACTORS, asServer, DOCUMENTS, schemasToTry, storeDocuments } from './testing/random-rules'

setDefaultTimeout(60_000)

/** `KOYALITE_MATRIX_SEED=… bun test apps/server/src/rules-matrix.test.ts` runs the same schemas again; `KOYALITE_MATRIX_SCHEMAS` more of them. */
const seed = Number(process.env.KOYALITE_MATRIX_SEED ?? Date.now() % 1_000_000_000)
const schemas = Number(process.env.KOYALITE_MATRIX_SCHEMAS ?? 25)

test(`every cell of the matrix is what the API does, for random rules (seed ${seed})`, async () => {
  const decided = { always: 0, never: 0, depends: 0 }
  for (const text of schemasToTry({ seed, count: schemas })) {
    const schema = loadSchema(text)
    const matrix = accessMatrix(schema, { asked: null, time: Date.now(), collection: 'posts' })
    const sandbox = await openRuleSandbox({ schema, settings: { server: SANDBOX_SERVER } })
    try {
      await storeDocuments(sandbox)
      for (const [classes, actor] of ACTORS) {
        for (const operation of OPERATIONS) {
          for (const outcome of await outcomesOf(sandbox, actor, operation)) {
            for (const name of classes) {
              if (name === 'owner' && !outcome.isOwn) continue
              const cell = cellOf(matrix, operation, name)
              if (cell.comes_to === 'bypassed' || cell.comes_to === 'none') continue
              decided[cell.comes_to]++
              const said = { text, name, actor, operation, cell, outcome }
              if (cell.comes_to === 'always' && !outcome.isAllowed) throw new Error(`denied: ${JSON.stringify(said)}`)
              if (cell.comes_to === 'never' && outcome.isAllowed) throw new Error(`allowed: ${JSON.stringify(said)}`)
              if (cell.comes_to === 'depends') expect(cell.conditions.length).toBeGreaterThan(0)
              else expect(cell.conditions).toEqual([])
            }
          }
        }
      }
    } finally {
      await sandbox.close()
    }
  }
  // A matrix that says "depends" everywhere would never be wrong.
  expect(Math.min(decided.always, decided.never)).toBeGreaterThan(schemas)
})

interface Outcome {
  readonly what: string
  readonly status: number
  readonly isAllowed: boolean
  /** Whether the document has the actor's id, before and after. */
  readonly isOwn: boolean
}

/** Does an operation with each document through the API, and undoes it. */
async function outcomesOf(sandbox: RuleSandbox, actor: Actor, operation: Operation): Promise<readonly Outcome[]> {
  const found: Outcome[] = []
  for (const document of DOCUMENTS) {
    const isOwn = actor.kind === 'user' && document.owner_id === actor.id
    const path = `/collections/posts/${document.id}`
    const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', at: string, body?: unknown) => {
      const { status } = await sandbox.fetch(actor, { method, path: at, body })
      if (![200, 201, 204, 401, 403, 404].includes(status)) throw new Error(`${method} ${at} is ${status}`)
      found.push({ what: `${method} ${at} ${JSON.stringify(body)}`, status, isAllowed: status < 300, isOwn })
      return status < 300
    }
    if (operation === 'read') await ask('GET', path)
    if (operation === 'update') {
      await ask('PATCH', path, { n: document.n + 1 })
      await asServer(sandbox, 'PUT', path, document)
    }
    if (operation === 'delete' && (await ask('DELETE', path)))
      await asServer(sandbox, 'POST', '/collections/posts', document)
    if (operation === 'create') {
      const made = await ask('POST', '/collections/posts', { ...document, id: `new-${document.id}` })
      if (made) await asServer(sandbox, 'DELETE', `/collections/posts/new-${document.id}`)
    }
  }
  return found
}

function cellOf(matrix: Matrix, operation: Operation, actor: string): MatrixCell {
  const row = matrix.collections[0]?.operations.find((one) => one.operation === operation)
  const cell = row?.cells.find((one) => one.actor === actor)
  if (cell === undefined) throw new Error(`no cell for ${operation} as ${actor}`)
  return cell
}

const BOOKS = `version: 1
types: { status: { enum: [draft, out] } }
roles: { editor: { permissions: ["books:*"] } }
collections:
  books:
    fields:
      id: { type: string, primary: true }
      author_id: { type: uuid, references: users.id }
      status: { type: status, default: draft }
      notes: { type: text, nullable: true, read: "auth.id == doc.author_id" }
      stars: { type: int, default: 0, write: "false" }
    rules:
      read: "doc.status == 'out' || auth.id == doc.author_id || auth.can('books:read')"
      create: "auth.id == doc.author_id"
      update: "auth.id == doc.author_id"
`

test('a cell says what is left of the rules, and no more', () => {
  const matrix = accessMatrix(loadSchema(BOOKS), { asked: null, time: 0, collection: 'books' })
  const [books] = matrix.collections
  const said = (operation: Operation) =>
    Object.fromEntries(
      (books?.operations.find((one) => one.operation === operation)?.cells ?? []).map(
        ({ actor, comes_to, conditions }) => [
          actor,
          comes_to === 'depends' ? conditions.map(({ condition }) => condition) : comes_to,
        ],
      ),
    )
  expect(said('read')).toEqual({
    anonymous: ["doc.status == 'out'"],
    user: ["doc.status == 'out' || auth.id == doc.author_id"],
    owner: 'always',
    'role:editor': 'always',
  })
  expect(said('update')).toEqual({
    anonymous: 'never',
    user: ['auth.id == doc.author_id', "doc.status == 'out' || auth.id == doc.author_id"],
    owner: 'always',
    'role:editor': ['auth.id == doc.author_id'],
  })
  expect(said('delete')).toEqual({ anonymous: 'never', user: 'never', owner: 'never', 'role:editor': 'never' })
  expect(books?.owner).toBe('author_id')
  expect(
    books?.fields.map(({ field, read, write }) => [
      field,
      read.map(({ comes_to }) => comes_to).join(' '),
      write.map(({ comes_to }) => comes_to).join(' '),
    ]),
  ).toEqual([
    ['notes', 'never depends always depends', 'always always always always'],
    ['stars', 'always always always always', 'never never never never'],
  ])
})
