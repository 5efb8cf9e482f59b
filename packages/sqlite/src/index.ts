export { type ChangeCursor, createCursor, findCursor, listCursors, removeCursor } from './changes/change-cursors'
export type { LogPosition } from './changes/change-feed'
export type { ChangeRange } from './changes/change-log'
export type { ChangeRetention } from './changes/change-pruner'
export {
  type ColumnKind,
  changeTriggers,
  type LoggedTable,
  logUnchanged,
  type TriggerSql,
} from './changes/change-triggers'
export {
  type Advance,
  type ChangeConsumer,
  type ChangeConsumerOptions,
  consumeChanges,
} from './changes/consume-changes'
export {
  type ConsoleStatement,
  type Instruction,
  openConsole,
  type SqlConsole,
  type SqlConsoleOptions,
} from './console/sql-console'
export {
  type Database,
  type DatabaseOptions,
  type DatabaseStats,
  type HoldLimits,
  openDatabase,
  type StreamOptions,
  type WriteLatencies,
} from './database'
export type { SqlFunction } from './driver/connection'
export { isDamage, type KeyLookup, verifyAbsent } from './driver/damage'
export type { Row } from './driver/driver'
export { endWithParent } from './driver/end-with-parent'
export { ConstraintError, type ConstraintKind, isSqliteFailure, translateSqliteError } from './driver/sqlite-error'
export { startThread } from './driver/start-thread'
export type { StatementListener, StatementRun } from './driver/statement-watch'
export type { CheckpointLimits } from './files/checkpointer'
export { columnCollations } from './files/column-collations'
export { copyForeignFile } from './files/copy-foreign-file'
export type { CopyWithKey } from './files/copy-with-key'
export { type DatabaseFileKind, DatabaseKeyError, databaseFileKind } from './files/database-key'
export { type Examination, examineFile, recodeFile, settleFile, type TableContents } from './files/idle-file'
export { inspectDatabase } from './files/inspect-database'
export { DatabaseInUseError, type DatabaseLock, type LockHolder, lockDatabase } from './files/lock-database'
export { keepMaintenanceThread } from './files/maintenance'
export { deleteMeta, readMeta, writeMeta } from './files/meta'
export { removeSystemObjects } from './files/remove-system-objects'

export { type FollowDatabaseOptions, type FollowingDatabase, followDatabase } from './follow-database'
export type { Log } from './log'
export { withPlanner } from './readers/planner'
export type { QueryOptions } from './readers/query-runner'
export type { ReadStatement } from './readers/read-cache'
export { type RunReaderOptions, runReader } from './readers/reader-process'
export type { QueryRows } from './readers/reader-protocol'
export type { Portion } from './readers/row-text'

export type { TextStream } from './readers/text-stream'
export { openSideDatabase, type SideDatabase, type SideDatabaseOptions } from './side-database'
export { WORKER_FILES } from './worker-file'
export { type HeldTx, type HeldTxEnd, HeldTxEndedError, type Lease, type Savepoint } from './writer/held-tx'
export type { Sync, Tx, TxRun, WriteSteps } from './writer/tx'

export type { WriteResult } from './writer/write-queue'
export { WriterBusyError } from './writer/writer-busy-error'
