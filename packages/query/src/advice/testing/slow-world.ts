import type { Actor, QueryAdvice, SqlValue } from '@koyalite/contracts'
import { type Collection, createSchemaSql, parseSchema, type Schema } from '@koyalite/schema'
import { type Database, openDatabase, withPlanner } from '@koyalite/sqlite'
import { accessOf } from '../../access/access-of'
import { compileAggregate } from '../../aggregate/compile-aggregate'
import { parseAggregateQuery } from '../../aggregate/parse-aggregate'
import { compileList } from '../../list/compile-list'
import { parseListQuery } from '../../list/parse-list-query'
import type { DeferredSql } from '../../sql/deferred-sql'
import { SQL_FUNCTIONS } from '../../sql/sql-functions'
import { adviseAggregate } from '../advise-aggregate'
import { adviseList, type ListAdvice } from '../advise-list'

/** No index but those of keys; what is advised takes the place of the comments. */
const SCHEMA = `version: 1
types: { status: { enum: [draft, published, archived] } }
collections:
  users:
    rules: { read: "true" }
  workspaces:
    fields: { id: { type: string, primary: true }, name: { type: string } }
  members:
    fields:
      id: { type: string, primary: true }
      workspace_id: { type: string, references: workspaces.id }
      user_id: { type: uuid, references: users.id }
      role: { type: string }
    # indexes of members
  tasks:
    fields:
      id: { type: string, primary: true }
      workspace_id: { type: string, references: workspaces.id }
      owner_id: { type: uuid, nullable: true, references: users.id }
      title: { type: string }
      status: { type: status }
      due: { type: timestamp, nullable: true }
      points: { type: int }
      meta: { type: json, nullable: true }
    # indexes of tasks
    rules:
      read: "members.exists(m, m.workspace_id == doc.workspace_id && m.user_id == auth.id)"
  notes:
    fields:
      id: { type: int, primary: true }
      owner_id: { type: uuid, references: users.id }
      text: { type: string }
      at: { type: timestamp }
    # indexes of notes
    rules: { read: "doc.owner_id == auth.id" }
  posts:
    fields:
      id: { type: string, primary: true }
      author_id: { type: uuid, references: users.id }
      status: { type: status }
      title: { type: string }
      at: { type: timestamp }
      number: { type: int }
    # indexes of posts
    rules: { read: "doc.status == 'published' || doc.author_id == auth.id" }
  comments:
    fields:
      id: { type: string, primary: true }
      post_id: { type: string, references: posts.id }
      text: { type: string }
    # indexes of comments
    rules: { read: "true" }
`

export const USERS = [1, 2, 3, 4, 5].map((n) => `01890a5d-ac96-774b-bcce-b302099a805${n}`) as [string, ...string[]]
export const ROWS = 1_000

/** What a list does: its documents, and how many rows it looks at for them. */
export interface Reading {
  readonly docs: readonly string[]
  /** Rows of the listed collection. */
  readonly root: number
  /** Rows of other collections. */
  readonly inner: number
}

export interface SlowWorld {
  advise(collection: string, params: string, user: string, wasSlow?: boolean): ListAdvice
  read(collection: string, params: string, user: string): Reading
  adviseAggregate(collection: string, params: string, user: string): QueryAdvice
  /** The groups, and the plan of the statement that finds them. */
  aggregate(
    collection: string,
    params: string,
    user: string,
  ): { readonly groups: readonly string[]; readonly plan: string }
  /** The plan of the list as it is read. */
  plan(collection: string, params: string, user: string): string
  close(): Promise<void>
}

/** A database of five collections with many documents. @param lines of indexes, as they were advised, by collection */
export async function openSlowWorld(
  lines: ReadonlyMap<string, readonly string[]> = new Map(),
  { oneMembership = false } = {},
): Promise<SlowWorld> {
  const yaml = SCHEMA.replaceAll(/# indexes of (\w+)/g, (_, name: string) => {
    const own = lines.get(name) ?? []
    return own.length === 0 ? '' : ['indexes:', ...own.map((line) => `      ${line}`)].join('\n')
  })
  const parsed = parseSchema(yaml, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(parsed.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  const { schema } = parsed
  const looked = { root: 0, inner: 0 }
  const look = (name: 'root' | 'inner') => () => {
    looked[name]++
    return 1
  }
  const functions = [
    ...SQL_FUNCTIONS,
    { name: 'looked_at_root', arity: 1, fn: look('root') },
    { name: 'looked_at_inner', arity: 1, fn: look('inner') },
  ]
  const database = await openDatabase({ path: ':memory:', functions })
  await fill(database, schema, oneMembership ? 20 : ROWS / 5)
  const listOf = (name: string, params: string, user: string) => {
    const collection = schema.collections.get(name) as Collection
    const access = accessOf(schema, actorOf(user), { method: 'GET', ip: '', time: 0, headers: {} })
    const scope = { auth: access.auth, now: '2024-06-01T12:00:00.000Z' }
    const query = parseListQuery(schema, collection, new URLSearchParams(params), access.read, scope)
    const bind = access.bind
    return { schema, query, access: access.read, bind: (sql: Parameters<typeof bind>[0]) => bind(sql) }
  }
  const aggregateOf = (name: string, params: string, user: string) => {
    const collection = schema.collections.get(name) as Collection
    const access = accessOf(schema, actorOf(user), { method: 'GET', ip: '', time: 0, headers: {} })
    const scope = { auth: access.auth, now: '2024-06-01T12:00:00.000Z' }
    const query = parseAggregateQuery(schema, collection, new URLSearchParams(params), access.read, scope)
    return { schema, query, access: access.read, bind: (sql: DeferredSql) => access.bind(sql) }
  }
  return {
    adviseAggregate: (name, params, user) =>
      adviseAggregate(aggregateOf(name, params, user), {
        planFor: (tables, use) => withPlanner(database, { tables, functions: SQL_FUNCTIONS }, use),
      }),
    aggregate(name, params, user) {
      const { query, access, bind } = aggregateOf(name, params, user)
      const { text, params: values } = bind(compileAggregate(query, access))
      const plan = database.all({ text: `EXPLAIN QUERY PLAN ${text}`, params: values }).map((row) => String(row[3]))
      return { groups: database.all({ text, params: values }).map(([group]) => String(group)), plan: plan.join('\n') }
    },
    advise: (name, params, user, wasSlow = false) =>
      adviseList(listOf(name, params, user), {
        planFor: (tables, use) => withPlanner(database, { tables, functions: SQL_FUNCTIONS }, use),
        wasSlow,
      }),
    read(name, params, user) {
      const list = listOf(name, params, user)
      const { page } = compileList(schema, list.query, list.access)
      const { text, params: values } = list.bind(page)
      looked.root = 0
      looked.inner = 0
      const rows = database.all({ text: counted(text), params: values })
      return { docs: rows.slice(0, list.query.limit).map(([doc]) => String(doc)), ...looked }
    },
    plan(name, params, user) {
      const list = listOf(name, params, user)
      const { text, params: values } = list.bind(compileList(schema, list.query, list.access).page)
      const rows = database.all({ text: `EXPLAIN QUERY PLAN ${text}`, params: values })
      return rows.map((row) => String(row[3])).join('\n')
    },
    close: () => database.close(),
  }
}

/** Every table tells of each row that the rest of its condition is asked about: what an index skips, it does not tell of. */
function counted(text: string): string {
  const conditional = text.replaceAll(' AS "d0" ORDER BY', ' AS "d0" WHERE 1 ORDER BY')
  return conditional.replaceAll(
    / AS "(d0|c_\w+|d[1-9]\w*|d0_\w+)" WHERE /g,
    (found, alias: string) => `${found}looked_at_${alias === 'd0' ? 'root' : 'inner'}("${alias}".rowid) AND `,
  )
}

async function fill(database: Database, schema: Schema, members: number): Promise<void> {
  const many = (count: number, row: (n: number) => readonly SqlValue[]) =>
    Array.from({ length: count }, (_, n) => row(n))
  const time = (n: number) => new Date(1_700_000_000_000 + ((n * 7919) % ROWS) * 60_000).toISOString()
  const user = (n: number) => USERS[(n * 31) % USERS.length] as string
  const status = (n: number) => ['draft', 'archived', 'archived', 'published'][(n * 17) % 4] as string
  const key = (n: number) => String((n * 7) % ROWS).padStart(6, '0')
  const word = (n: number) => `word ${(n * 13) % 97}`
  await database.write((tx) => {
    for (const text of createSchemaSql(schema)) tx.exec(text)
    const insert = (table: string, columns: string, rows: readonly (readonly SqlValue[])[]) => {
      const marks = columns.replace(/\w+/g, '?')
      for (const params of rows) tx.run({ text: `INSERT INTO ${table} (${columns}) VALUES (${marks})`, params })
    }
    insert(
      'users',
      'id, email, created_at, updated_at',
      USERS.map((id, n) => [id, `u${n}@example.com`, time(n), time(n)]),
    )
    insert(
      'workspaces',
      'id, name',
      many(20, (n) => [`w${n}`, word(n)]),
    )
    insert(
      'members',
      'id, workspace_id, user_id, role',
      many(members, (n) => [`m${n}`, `w${n % 20}`, user(n), 'member']),
    )
    insert(
      'tasks',
      'id, workspace_id, owner_id, title, status, due, points, meta',
      many(ROWS, (n) => [
        key(n),
        `w${(n * 11) % 20}`,
        n % 3 === 0 ? null : user(n),
        word(n),
        status(n),
        n % 5 === 0 ? null : time(n),
        n % 50,
        '{"a":1}',
      ]),
    )
    insert(
      'notes',
      'id, owner_id, text, at',
      many(ROWS, (n) => [n, user(n), word(n), time(n)]),
    )
    insert(
      'posts',
      'id, author_id, status, title, at, number',
      many(ROWS, (n) => [key(n), user(n), status(n), word(n), time(n), n % 200]),
    )
    insert(
      'comments',
      'id, post_id, text',
      many(ROWS * 2, (n) => [`c${String(n).padStart(6, '0')}`, key((n * 3) % ROWS), word(n)]),
    )
  })
}

function actorOf(id: string): Actor {
  return {
    kind: 'user',
    id,
    email: 'a@example.com',
    role: 'user',
    verified: true,
    metadata: null,
    claims: null,
    sessionId: 's',
  }
}
