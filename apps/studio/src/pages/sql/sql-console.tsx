import { splitStatements, statementAt } from '@koyalite/contracts/sql-statements'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../kit/button'
import { CodeEditor, type CodeRange } from '../../kit/code/code-editor'
import { Split } from '../../kit/split'
import { useToast } from '../../kit/toast'
import { useUndo } from '../../kit/undo/undo-provider'
import { messageOf } from '../../session/operator-session'
import { ProofDialog } from '../../session/proof-dialog'
import { useMay } from '../../session/session-context'
import { useEditingLock } from '../../shell/editing-lock'
import { useKeys, useListedKeys } from '../../shell/keyboard'
import { chooseEditorPercent, EDITOR_PERCENT, editorPercent } from './editor-height'
import { errorDiagnostics } from './error-diagnostics'
import type { ChartChoice } from './result-chart'
import { ResultsPanel } from './results-panel'
import { SaveDialog } from './save-dialog'
import type { SavedQuery, SqlTab } from './sql-tab'
import { StatementsDialog } from './statements-dialog'
import { useSchemaNames } from './use-schema-names'
import { MAX_ROWS, useSqlRun } from './use-sql-run'
import type { SqlTabs } from './use-sql-tabs'
import { WriteDialog } from './write-dialog'

export interface SqlConsoleProps {
  readonly tab: SqlTab
  readonly tabs: SqlTabs
  /** The tab is that of a saved query now. */
  onSaved(tab: SqlTab): void
}

/** One tab: what is written, and what it returned. */
export function SqlConsole({ tab, tabs, onSaved }: SqlConsoleProps) {
  const mayWrite = useMay('sql:write')
  const { isLocked, reason: lockReason } = useEditingLock()
  const { tables, keys } = useSchemaNames()
  const [selection, setSelection] = useState<CodeRange>({ from: 0, to: 0 })
  const [isWriting, setWriting] = useState(false)
  const [asked, setAsked] = useState<readonly string[] | null>(null)
  const [isSaving, setSaving] = useState(false)
  const run = useSqlRun(tab.id, tabs.remember)
  const saved = tabs.queries.find(({ id, isOwn }) => id === tab.query && isOwn)
  const [chart, setChart] = useState<ChartChoice | null>(
    () => tabs.queries.find(({ id }) => id === tab.query)?.chart ?? null,
  )
  const { text } = tab
  const statements = useMemo(() => splitStatements(text).map(({ from, to }) => ({ from, to })), [text])
  const marked = useMemo(() => chosenRange(text, selection), [text, selection])
  const writing = isWriting && mayWrite && !isLocked

  const start = (sqls: readonly string[]) => run.start(sqls, writing ? 'dry_run' : 'read')
  const runMarked = () => {
    const sqls = statements.filter(({ from, to }) => marked !== null && from < marked.to && to > marked.from)
    const texts = sqls.map(({ from, to }) => text.slice(from, to))
    if (texts.length > 1) setAsked(texts)
    else if (texts.length === 1) start(texts)
  }
  const runAll = () => {
    const texts = statements.map(({ from, to }) => text.slice(from, to))
    if (texts.length > 1) setAsked(texts)
    else if (texts.length === 1) start(texts)
  }
  useKeys({
    run: runMarked,
    save: () => setSaving(true),
    ...(run.isRunning && { out: run.stop }),
  })
  useListedKeys(['gridMove', 'gridCopy'])

  const { undo } = useUndo()
  const diagnostics = useMemo(() => errorDiagnostics(text, run.outcome), [text, run.outcome])
  const isEmpty = statements.length === 0
  const emptyReason = isEmpty ? 'There is no statement yet.' : null
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        {run.isRunning ? (
          <Button kind="danger" onClick={run.stop} title="Esc">
            Stop
          </Button>
        ) : (
          <Button kind="primary" reason={emptyReason} onClick={runMarked} title="Ctrl+Enter">
            Run
          </Button>
        )}
        <Button reason={run.isRunning ? 'A statement is running.' : emptyReason} onClick={runAll}>
          Run all
        </Button>
        <Button
          reason={run.isRunning ? 'A statement is running.' : emptyReason}
          onClick={() => run.start([text.slice(marked?.from ?? 0, marked?.to ?? text.length)], 'plan')}
        >
          Explain
        </Button>
        <WritingSwitch
          isOn={writing}
          reason={!mayWrite ? 'Your role cannot write by SQL.' : isLocked ? lockReason : null}
          onChange={setWriting}
        />
        <span className="flex-1" />
        <Saved tabs={tabs} />
        <Button onClick={() => setSaving(true)} reason={emptyReason} title="Ctrl+S">
          Save
        </Button>
        {saved !== undefined && <DeleteQuery query={saved} tab={tab} tabs={tabs} onDeleted={onSaved} />}
      </div>
      {writing && (
        <p role="status" className="flex-none bg-warning-soft px-4 py-1 text-sm text-warning-text">
          Writing is on: what would change is shown first.
        </p>
      )}
      <Split
        label="Height of the editor"
        initial={EDITOR_PERCENT}
        chosen={editorPercent()}
        onChoose={chooseEditorPercent}
        above={
          <CodeEditor
            label="SQL"
            language="sql"
            value={text}
            onChange={(next) => tabs.change({ ...tab, text: next })}
            onRun={runMarked}
            onSelect={setSelection}
            marked={marked}
            tables={tables}
            diagnostics={diagnostics}
            placeholder="Write SQL, and run it with Ctrl+Enter"
            autoFocus
          />
        }
        below={
          <ResultsPanel
            outcome={run.outcome}
            keys={keys}
            chart={chart}
            onChart={(next) => {
              setChart(next)
              if (saved !== undefined) void tabs.save({ ...saved, chart: next }).catch(() => {})
            }}
            onLoadAll={(sql) => run.start([sql], 'read', MAX_ROWS)}
            onUndo={(done) => void undo(done)}
            onSwitchWriting={mayWrite && !isLocked && !isWriting ? () => setWriting(true) : undefined}
            onReset={run.reset}
          />
        }
      />
      {asked !== null && (
        <StatementsDialog
          statements={asked}
          onClose={() => setAsked(null)}
          onRun={() => {
            setAsked(null)
            start(asked)
          }}
        />
      )}
      {run.toConfirm !== null && (
        <WriteDialog changes={run.toConfirm} onConfirm={run.confirm} onClose={run.cancelWrite} />
      )}
      {run.toProve !== null && (
        <ProofDialog
          kind={run.toProve}
          reason="A write by SQL takes a confirmation of the last 10 minutes."
          onProved={run.confirm}
          onClose={run.cancelWrite}
        />
      )}
      {isSaving && (
        <SaveDialog
          name={saved?.name ?? (/^(Query \d+|Earlier)$/.test(tab.title) ? '' : tab.title)}
          isShared={saved?.isShared ?? false}
          onClose={() => setSaving(false)}
          save={async (name, isShared) => {
            const id = saved?.id ?? crypto.randomUUID()
            await tabs.save({ id, name, text, chart, isShared })
            const next = { ...tab, title: name, query: id }
            tabs.change(next)
            onSaved(next)
          }}
        />
      )}
    </div>
  )
}

/** The statement under the cursor, or what is selected. */
function chosenRange(text: string, { from, to }: CodeRange): CodeRange | null {
  if (from < to && text.slice(from, to).trim() !== '') {
    // A selection within one statement means that statement.
    const touched = splitStatements(text).filter((one) => one.from < to && one.to > from)
    const [first] = touched
    if (first === undefined) return null
    return { from: first.from, to: touched.at(-1)?.to ?? first.to }
  }
  return statementAt(text, to)
}

function WritingSwitch({
  isOn,
  reason,
  onChange,
}: {
  readonly isOn: boolean
  readonly reason: string | null
  onChange(isOn: boolean): void
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-disabled={reason !== null || undefined}
      title={reason ?? undefined}
      onClick={() => reason === null && onChange(!isOn)}
      className="flex h-8 items-center gap-2 rounded-control px-2 hover:bg-sunken aria-disabled:cursor-default aria-disabled:opacity-60"
    >
      <span
        aria-hidden="true"
        className={`flex h-4 w-7 items-center rounded-full border px-0.5 ${isOn ? 'justify-end border-accent bg-accent' : 'border-control bg-canvas'}`}
      >
        <span className={`size-2.5 rounded-full ${isOn ? 'bg-on-accent' : 'bg-control'}`} />
      </span>
      Writing
    </button>
  )
}

function Saved({ tabs: { kept } }: { readonly tabs: SqlTabs }) {
  const [isLate, setLate] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    // Whoever types on is not told with every key.
    if (kept.isSaved) setLate(false)
    else timer.current = setTimeout(() => setLate(true), 1_500)
    return () => clearTimeout(timer.current)
  }, [kept.isSaved])
  if (kept.error !== null)
    return (
      <span role="alert" className="text-sm text-danger-text">
        The draft is not saved: {messageOf(kept.error)}
      </span>
    )
  return <span className="text-sm text-text-3">{isLate ? 'Saving the draft …' : 'Draft saved'}</span>
}

function DeleteQuery({
  query,
  tab,
  tabs,
  onDeleted,
}: {
  readonly query: SavedQuery
  readonly tab: SqlTab
  readonly tabs: SqlTabs
  onDeleted(tab: SqlTab): void
}) {
  const toast = useToast()
  async function remove(): Promise<void> {
    try {
      const next = { ...tab, query: null }
      tabs.change(next)
      onDeleted(next)
      await tabs.remove(query)
      toast({
        title: `Deleted the query ${query.name}`,
        action: { label: 'Undo', run: () => void tabs.save(query) },
      })
    } catch (error) {
      toast({ kind: 'error', title: 'The query was not deleted', description: messageOf(error) })
    }
  }
  return (
    <Button kind="quiet" onClick={() => void remove()}>
      Delete query
    </Button>
  )
}
