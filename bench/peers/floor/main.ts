/**
 * The floor: what the runtime and SQLite can do with nothing between them. Bare `Bun.serve`, prepared statements, no validation; writes that arrive together
 * are committed together, and the WAL is synced off the event loop before they are answered.
 * Usage: bun peers/floor/main.ts <data folder> <port>
 */
import { Database } from 'bun:sqlite'
import { fdatasync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'

const [folder = '', port = ''] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const path = join(folder, 'floor.db')
const database = new Database(path)
database.run('PRAGMA journal_mode=WAL')
database.run('PRAGMA synchronous=NORMAL')
database.run('PRAGMA foreign_keys=ON')
// A checkpoint syncs inside COMMIT, on the event loop. The floor leaves it to the end.
database.run('PRAGMA wal_autocheckpoint=0')
database.run(`CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT`)
database.run(`CREATE TABLE IF NOT EXISTS rooms (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT`)
database.run(
  `CREATE TABLE IF NOT EXISTS members (id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(id), room TEXT NOT NULL REFERENCES rooms(id), UNIQUE (user, room)) STRICT`,
)
database.run(
  `CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, author TEXT NOT NULL REFERENCES users(id), room TEXT NOT NULL REFERENCES rooms(id), text TEXT NOT NULL, created_at TEXT NOT NULL) STRICT`,
)
database.run('CREATE INDEX IF NOT EXISTS idx_messages_room_created ON messages (room, created_at)')
const wal = openSync(`${path}-wal`, 'r')

interface Row {
  readonly id: string
}
const insert = {
  users: database.query<Row, [string, string]>('INSERT INTO users VALUES (?, ?) RETURNING *'),
  rooms: database.query<Row, [string, string]>('INSERT INTO rooms VALUES (?, ?) RETURNING *'),
  members: database.query<Row, [string, string, string]>('INSERT INTO members VALUES (?, ?, ?) RETURNING *'),
  messages: database.query<Row, [string, string, string, string, string]>(
    'INSERT INTO messages VALUES (?, ?, ?, ?, ?) RETURNING *',
  ),
}
const read = database.query<Row, [string]>('SELECT * FROM messages WHERE id = ?')
const update = database.query<Row, [string, string]>('UPDATE messages SET text = ? WHERE id = ? RETURNING *')
const newest = database.query<Row, [string]>(
  'SELECT * FROM messages WHERE room = ? ORDER BY created_at DESC, id DESC LIMIT 20',
)
const total = database.query<{ total: number }, []>('SELECT count(*) AS total FROM messages')
const totalOf = database.query<{ total: number }, [string]>('SELECT count(*) AS total FROM messages WHERE room = ?')

interface Write {
  readonly run: () => unknown
  readonly resolve: (result: unknown) => void
}
let queue: Write[] = []

/** Runs with all other writes of this turn of the event loop in one transaction; resolves once it is on disk. */
function write(run: () => unknown): Promise<unknown> {
  return new Promise((resolve) => {
    if (queue.push({ run, resolve }) === 1) setImmediate(commit)
  })
}

function commit(): void {
  const writes = queue
  queue = []
  database.run('BEGIN IMMEDIATE')
  const results = writes.map(({ run }) => run())
  database.run('COMMIT')
  fdatasync(wal, (error) => {
    if (error) throw error
    for (const [index, { resolve }] of writes.entries()) resolve(results[index])
  })
}

interface Named {
  readonly name: string
}
interface Message {
  readonly author: string
  readonly room: string
  readonly text: string
}
const insertMessage = ({ author, room, text }: Message) =>
  insert.messages.get(Bun.randomUUIDv7(), author, room, text, new Date().toISOString())

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  routes: {
    '/health/ready': () => new Response('ok'),
    '/count': () => Response.json(total.get()),
    '/users': {
      POST: async (request) => created(insert.users.get(Bun.randomUUIDv7(), (await json<Named>(request)).name)),
    },
    '/rooms': {
      POST: async (request) => created(insert.rooms.get(Bun.randomUUIDv7(), (await json<Named>(request)).name)),
    },
    '/members': {
      POST: async (request) => {
        const { user, room } = await json<{ user: string; room: string }>(request)
        return created(insert.members.get(Bun.randomUUIDv7(), user, room))
      },
    },
    '/messages': {
      POST: async (request) => {
        const message = await json<Message>(request)
        return created(await write(() => insertMessage(message)))
      },
      GET: (request) => {
        const parameters = new URL(request.url).searchParams
        const room = parameters.get('room') ?? ''
        return Response.json(
          parameters.has('total') ? { docs: newest.all(room), ...totalOf.get(room) } : { docs: newest.all(room) },
        )
      },
    },
    '/messages/:id': {
      GET: (request) => Response.json(read.get(request.params.id)),
      PATCH: async (request) => {
        const { text } = await json<Message>(request)
        return Response.json(await write(() => update.get(text, request.params.id)))
      },
    },
    '/batch': {
      POST: async (request) => {
        const messages = await json<Message[]>(request)
        return created(await write(() => messages.map(insertMessage)))
      },
    },
  },
})

process.on('SIGTERM', () => {
  database.close()
  process.exit(0)
})

function created(body: unknown): Response {
  return Response.json(body, { status: 201 })
}

/** Unchecked: the floor validates nothing. */
function json<T>(request: Request): Promise<T> {
  return request.json() as Promise<T>
}
