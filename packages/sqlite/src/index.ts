export { advanceCursor, type ChangeCursor, createCursor, listCursors, removeCursor } from './change-cursors'
export type { LogPosition } from './change-feed'
export type { ChangeRetention } from './change-pruner'
export { type ColumnKind, changeTriggers, type LoggedTable, type TriggerSql } from './change-triggers'
export type { CheckpointLimits } from './checkpointer'
export type { ColumnValues } from './column-values'
export type { SqlFunction } from './connection'
export { copyForeignFile } from './copy-foreign-file'
export type { CopyWithKey } from './copy-with-key'
export { type Database, type DatabaseOptions, type DatabaseStats, openDatabase, type StreamOptions } from './database'
export { type DatabaseFileKind, DatabaseKeyError, databaseFileKind } from './database-key'
export type { Row } from './driver'
export { type FollowDatabaseOptions, type FollowingDatabase, followDatabase } from './follow-database'
export { type Examination, examineFile, recodeFile, settleFile } from './idle-file'
export {
  type ColumnInfo,
  type DatabaseInfo,
  type IndexInfo,
  inspectDatabase,
  type ReferenceInfo,
  type TableInfo,
} from './inspect-database'
export { DatabaseInUseError, type DatabaseLock, lockDatabase } from './lock-database'
export type { Log } from './log'
export type { QueryOptions } from './query-runner'
export { type RunReaderOptions, runReader } from './reader-process'
export type { QueryRows } from './reader-protocol'
export type { Portion } from './row-text'
export { ReadOnlyError } from './run-query'
export { adviceFor, ConstraintError, type ConstraintKind, isSqliteFailure } from './sqlite-error'
export { syncFile, syncFolder } from './sync-folder'
export type { TextStream } from './text-stream'
export type { Sync, Tx, TxRun } from './tx'
export { WORKER_FILES } from './worker-file'
export type { WriteResult } from './write-queue'
