import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useUndo } from '../../kit/undo/undo-provider'
import { isProofKind, type ProofKind } from '../../session/proof-dialog'
import { useSession } from '../../session/session-context'
import { changeText } from './change-text'
import { runSql, type SqlMode, type SqlOutcome } from './run-sql'
import type { PastRun } from './sql-tab'

/** Rows that a result shows before it asks. */
const SHOWN_ROWS = 100_000
export const MAX_ROWS = 1_000_000

export interface SqlRunState {
  readonly outcome: SqlOutcome | null
  readonly isRunning: boolean
  /** What a dry run says, until somebody has decided. */
  readonly toConfirm: NonNullable<SqlOutcome['changes']> | null
  /** What the operator has to prove before it is written. */
  readonly toProve: ProofKind | null
  start(statements: readonly string[], mode: SqlMode, limit?: number): void
  stop(): void
  /** Writes: after the dry run, or once more after the proof. */
  confirm(): void
  cancelWrite(): void
  reset(): void
}

/** Results stay while one looks at other tabs; nothing of them is stored. */
const outcomes = new Map<string, SqlOutcome | null>()
const listeners = new Set<() => void>()

function setOutcome(tab: string, outcome: SqlOutcome | null): void {
  outcomes.set(tab, outcome)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Statements that only read, whatever the switch says. */
const READS = /^\s*(?:SELECT|VALUES|EXPLAIN|PRAGMA)\b/i

/** Runs the statements of a tab; leaving the tab stops them. */
export function useSqlRun(tab: string, remember: (run: PastRun) => void): SqlRunState {
  const { fetch: fetchStudio } = useSession()
  const undo = useUndo()
  const outcome = useSyncExternalStore(subscribe, () => outcomes.get(tab) ?? null)
  const [isRunning, setRunning] = useState(false)
  const [pending, setPending] = useState<{
    readonly sqls: readonly string[]
    readonly changes: NonNullable<SqlOutcome['changes']>
    readonly proof: ProofKind | null
  } | null>(null)
  const abort = useRef<AbortController | null>(null)
  useEffect(() => () => abort.current?.abort(), [])

  async function start(sqls: readonly string[], asked: SqlMode, limit = SHOWN_ROWS): Promise<void> {
    abort.current?.abort()
    const controller = new AbortController()
    abort.current = controller
    const mode = asked === 'dry_run' && sqls.every((sql) => READS.test(sql)) ? 'read' : asked
    const confirmed = mode === 'write' ? pending : null
    setRunning(true)
    setPending(null)
    const empty: SqlOutcome = { mode, statements: [], changes: null, error: null, isRunning: true }
    if (mode !== 'write') setOutcome(tab, null)
    try {
      const result = await runSql(fetchStudio as typeof fetch, {
        ...{ sql: sqls.join(';\n'), mode, limit, statements: sqls, internal: false },
        signal: controller.signal,
        onProgress: (progress) => setOutcome(tab, progress),
      })
      const failed = result.statements.find(({ error }) => error !== null)
      const proof = failed?.error?.asks?.find(isProofKind)
      if (confirmed !== null && proof !== undefined) {
        // Nothing was run: what the dry run has said stays, and is written after the proof.
        setPending({ ...confirmed, proof })
        return
      }
      setOutcome(tab, result)
      if (result.changes?.committed === true) undo.noted(writtenText(result.changes), result.changes.action)
      if (mode === 'dry_run' && failed === undefined && result.changes !== null)
        setPending({ sqls, changes: result.changes, proof: null })
      if (mode !== 'plan') remember({ sql: sqls.join(';\n'), at: Date.now(), outcome: summaryOf(result) })
    } catch {
      const error = { code: 'STOPPED', message: 'You stopped the statement.', requestId: null }
      const stopped = { sql: sqls[0] ?? '', columns: [], rows: [], plan: null, end: null, error }
      if (abort.current === controller) setOutcome(tab, { ...empty, statements: [stopped], isRunning: false })
    } finally {
      if (abort.current === controller) setRunning(false)
    }
  }
  return {
    outcome,
    isRunning,
    toConfirm: pending !== null && pending.proof === null ? pending.changes : null,
    toProve: pending?.proof ?? null,
    start: (sqls, mode, limit) => void start(sqls, mode, limit),
    stop: () => abort.current?.abort(),
    confirm: () => pending !== null && void start(pending.sqls, 'write'),
    cancelWrite: () => setPending(null),
    reset: () => setOutcome(tab, null),
  }
}

/** What a run has written, in words. */
export function writtenText({ collections }: NonNullable<SqlOutcome['changes']>): string {
  return `Written: ${changeText(collections, 'has')}`
}

function summaryOf({ statements, changes, mode }: SqlOutcome): string {
  const failed = statements.find(({ error }) => error !== null)?.error
  if (failed) return failed.message
  if (changes !== null) return mode === 'dry_run' ? 'dry run' : 'written'
  const last = statements.at(-1)
  return `${(last?.rows.length ?? 0).toLocaleString('en')} rows`
}
