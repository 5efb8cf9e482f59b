import { AppError, type ChangeFeed, type Sql } from '@koyalite/contracts'
import { Feed } from './change-feed'
import { createChangeLog } from './change-log'
import { connect, type SqlFunction } from './connection'
import type { Connection, Row } from './driver'
import { beginEpoch, createEpoch, SET_META } from './epoch'
import { CONSOLE_LOG, type Log } from './log'
import { migrateAlone } from './migrate'
import { Reader } from './reader'
import { syncFolder } from './sync-folder'
import { SyncGate } from './sync-gate'
import type { Sync, Tx } from './tx'
import { type StartWalSync, startWalSync } from './wal-sync'
import { type WriteResult, Writer } from './writer'

export interface DatabaseOptions {
  /** The file; ':memory:' for tests: one connection, nothing durable, no threads. */
  readonly path: string
  /** `full` (default): a write is acknowledged when it is on the disk. `normal`: when it is committed; a power loss may take the last ones back. */
  readonly durability?: 'full' | 'normal'
  readonly key?: string
  readonly functions?: readonly SqlFunction[]
  /** A sync failed: nothing more is acknowledged. The default ends the process, so that recovery decides what is stored. */
  readonly onFatal?: (error: Error) => void
  readonly log?: Log
  readonly busyTimeout?: number
}

/** Replaceable parts of the machinery, for tests that simulate a power cut or a failing disk. */
export interface DatabasePorts {
  readonly startWalSync?: StartWalSync
}

export interface Database {
  readonly feed: ChangeFeed
  write<T>(fn: (tx: Tx) => Sync<T>): Promise<WriteResult<T>>
  get(sql: Sql): Row | undefined
  all(sql: Sql): Row[]
  migrate<T>(fn: (tx: Tx) => Sync<T>): Promise<WriteResult<T>>
  newEpoch(): Promise<string>
  close(): Promise<void>
}

const MEMORY = ':memory:'

/** Opens (and creates, where it does not exist) a database. */
export async function openDatabase(options: DatabaseOptions, ports: DatabasePorts = {}): Promise<Database> {
  const { path, functions = [], key, log = CONSOLE_LOG, durability = 'full', busyTimeout = 5000 } = options
  const connection = connect({ path, mode: 'write', functions, key })
  createChangeLog(connection)
  const epoch = beginEpoch(connection)
  const readConnection = path === MEMORY ? connection : connect({ path, mode: 'read', functions, key })
  const reader = new Reader(readConnection)
  const feed = new Feed({ epoch, statements: reader.statements, log })
  const fatal = options.onFatal ?? ((error) => exitOnFailedSync(log, error))
  let gate: SyncGate | null = null
  const writer = new Writer({
    connection,
    log,
    busyTimeout,
    onCommit: (batch) => {
      feed.committed(batch.lastSeq)
      if (gate !== null) return gate.commit(batch)
      for (const job of batch.jobs) job.acknowledge()
      feed.durable(batch.lastSeq)
    },
  })
  if (path !== MEMORY) syncFolder(path)
  if (path !== MEMORY && durability === 'full') {
    gate = await SyncGate.start({
      walPath: `${path}-wal`,
      start: ports.startWalSync ?? startWalSync,
      onDurable: (lastSeq) => feed.durable(lastSeq),
      onFailed: (error) => {
        writer.refuseAll(new AppError('UNAVAILABLE', 'the server cannot store anything: the disk failed'))
        fatal(error)
      },
    })
    await gate.settled()
  }
  return new OpenDatabase({ connection, readConnection, reader, writer, feed, gate })
}

interface Parts {
  readonly connection: Connection
  readonly readConnection: Connection
  readonly reader: Reader
  readonly writer: Writer
  readonly feed: Feed
  readonly gate: SyncGate | null
}

class OpenDatabase implements Database {
  readonly feed: Feed
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    this.feed = parts.feed
  }

  write<T>(fn: (tx: Tx) => Sync<T>): Promise<WriteResult<T>> {
    return this.#parts.writer.write(fn)
  }

  get(sql: Sql): Row | undefined {
    return this.#parts.reader.get(sql)
  }

  all(sql: Sql): Row[] {
    return this.#parts.reader.all(sql)
  }

  migrate<T>(fn: (tx: Tx) => Sync<T>): Promise<WriteResult<T>> {
    const { writer, connection, reader, gate, feed } = this.#parts
    return writer.exclusive('tail', async () => {
      const result = migrateAlone(connection, writer, fn)
      reader.statements.clear()
      feed.committed(result.seq)
      await gate?.settled()
      feed.durable(result.seq)
      return result
    })
  }

  async newEpoch(): Promise<string> {
    const epoch = createEpoch()
    await this.#parts.writer.write((tx) => {
      tx.run({ text: SET_META, params: ['epoch', epoch] })
    })
    this.feed.changeEpoch(epoch)
    return epoch
  }

  async close(): Promise<void> {
    const { writer, gate, connection, readConnection } = this.#parts
    await writer.exclusive('tail', async () => {
      connection.prepare(SET_META).run(['clean', '1'])
      await gate?.settled()
    })
    writer.refuseAll(new AppError('UNAVAILABLE', 'the server is shutting down'))
    await gate?.close()
    if (readConnection !== connection) readConnection.close()
    if (connection.name !== MEMORY) connection.pragma('wal_checkpoint(TRUNCATE)')
    connection.close()
  }
}

function exitOnFailedSync(log: Log, error: Error): void {
  log.error({ err: error }, 'writing to the disk failed: the process ends, the next start recovers what is stored')
  process.exit(1)
}
