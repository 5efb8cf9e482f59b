import { useState } from 'react'
import { Button } from '../../kit/button'
import { classNames } from '../../kit/class-names'
import { EmptyState } from '../../kit/states'
import { INPUT } from '../../kit/text-field'
import type { DoneAction } from '../../kit/undo/undo-history'
import { type ExportFormat, exportText } from './cell-text'
import type { KeyFields } from './openable-key'
import { PanelBoundary } from './panel-boundary'
import { PlanView } from './plan-view'
import { type ChartChoice, ResultChart } from './result-chart'
import { ResultGrid } from './result-grid'
import type { SqlOutcome, StatementResult } from './run-sql'
import { writtenText } from './use-sql-run'

export interface ResultsPanelProps {
  readonly outcome: SqlOutcome | null
  readonly keys: KeyFields
  readonly chart: ChartChoice | null
  onChart(chart: ChartChoice): void
  /** Runs the statement again with as many rows as the server allows. */
  onLoadAll(sql: string): void
  onUndo(done: DoneAction): void
  /** Present where writing would help: switches it on. */
  onSwitchWriting?: (() => void) | undefined
  onReset(): void
}

/** What the statements returned, each with a tab of its own. */
export function ResultsPanel(props: ResultsPanelProps) {
  const { outcome, onUndo } = props
  const [chosen, setChosen] = useState<{ readonly outcome: SqlOutcome | null; readonly at: number }>({
    outcome: null,
    at: 0,
  })
  if (outcome === null)
    return (
      <EmptyState title="Nothing was run yet">
        <p>Ctrl+Enter runs the statement that is marked. What is wrong, or slow, is said here too.</p>
      </EmptyState>
    )
  const { statements, changes } = outcome
  const last = statements.length - 1
  // A new run shows its last statement, unless somebody chose another one.
  const at = chosen.outcome?.mode === outcome.mode && chosen.at <= last ? chosen.at : last
  const result = statements[at]
  return (
    <div className="flex h-full min-h-0 flex-col">
      {statements.length > 1 && (
        <div
          role="tablist"
          aria-label="Results"
          className="flex flex-none gap-1 overflow-x-auto border-b border-line px-2"
        >
          {statements.map((one, index) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: statements have no other name
              key={index}
              type="button"
              role="tab"
              aria-selected={index === at}
              onClick={() => setChosen({ outcome, at: index })}
              className={classNames(
                'h-8 flex-none border-b-2 px-2 text-sm whitespace-nowrap',
                index === at ? 'border-accent text-text' : 'border-transparent text-text-2 hover:text-text',
              )}
            >
              {index + 1} {one.error === null ? '' : '✕ '}
              {one.sql.trim().split(/\s+/).slice(0, 3).join(' ').slice(0, 24)}
            </button>
          ))}
        </div>
      )}
      {changes?.committed === true && (
        <p
          role="status"
          className="flex flex-none items-center gap-3 border-b border-line bg-success-soft px-4 py-1.5 text-success-text"
        >
          {writtenText(changes)}
          {changes.action !== null && (
            <Button
              kind="quiet"
              className="h-7"
              onClick={() => onUndo({ action: changes.action ?? '', title: writtenText(changes) })}
            >
              Undo
            </Button>
          )}
        </p>
      )}
      {result !== undefined && (
        <PanelBoundary what="The result" onReset={props.onReset}>
          <OneResult key={at} {...props} result={result} isRunning={outcome.isRunning && at === last} />
        </PanelBoundary>
      )}
    </div>
  )
}

type View = 'table' | 'chart'

function OneResult({
  result,
  isRunning,
  outcome,
  keys,
  chart,
  onChart,
  onLoadAll,
  onSwitchWriting,
}: ResultsPanelProps & { readonly result: StatementResult; readonly isRunning: boolean }) {
  const [view, setView] = useState<View>(chart === null ? 'table' : 'chart')
  const [hasJson, setJson] = useState(false)
  const { error, plan, columns, rows, end } = result
  if (error !== null)
    return (
      <div role="alert" className="m-4 flex max-w-[720px] flex-col items-start gap-2 rounded-panel bg-danger-soft p-4">
        <h2 className="text-md font-semibold text-danger-text">The statement failed</h2>
        <p className="text-md break-words">{error.message}</p>
        <p className="text-sm text-text-2">
          {error.code}
          {error.requestId !== null && (
            <>
              {' · '}request <code className="font-mono">{error.requestId}</code>
            </>
          )}
        </p>
        {onSwitchWriting !== undefined && /writing is switched off/.test(error.message) && (
          <Button onClick={onSwitchWriting}>Switch writing on</Button>
        )}
      </div>
    )
  if (plan !== null) return <PlanView plan={plan} />
  if (columns.length === 0) return <p className="p-4 text-md">{endText(end, outcome?.mode === 'dry_run')}</p>
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-none flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1">
        <p role="status" className="text-sm text-text-2">
          {end?.cut === true ? 'The first ' : ''}
          {rows.length.toLocaleString('en')} {rows.length === 1 ? 'row' : 'rows'}
          {end === null ? (isRunning ? ' so far …' : '') : ` in ${msText(end.ms)}`}
        </p>
        {end?.cut === true && (
          <>
            <span className="text-sm text-warning-text">There are more.</span>
            <Button className="h-7" onClick={() => onLoadAll(result.sql)}>
              Load all
            </Button>
          </>
        )}
        <span className="flex-1" />
        <Toggle isOn={view === 'table'} onClick={() => setView('table')}>
          Table
        </Toggle>
        <Toggle isOn={view === 'chart'} onClick={() => setView('chart')}>
          Chart
        </Toggle>
        <Toggle isOn={hasJson && view === 'table'} onClick={() => setJson(!hasJson)} className="max-md:hidden">
          Row as JSON
        </Toggle>
        <div className="w-[104px]">
          {' '}
          <select
            aria-label="Export"
            value=""
            onChange={({ target }) => download(result, target.value as ExportFormat)}
            className={`${INPUT} h-7`}
          >
            <option value="" disabled>
              Export
            </option>
            <option value="csv">CSV</option>
            <option value="json">JSON</option>
            <option value="ndjson">NDJSON</option>
          </select>
        </div>
      </div>
      <div className="min-h-0 flex-1">
        {view === 'chart' ? (
          <ResultChart result={result} choice={chart} onChoose={onChart} />
        ) : rows.length === 0 && end !== null ? (
          <p className="p-4 text-text-2">No rows.</p>
        ) : (
          <ResultGrid result={result} keys={keys} hasJson={hasJson} />
        )}
      </div>
    </div>
  )
}

function Toggle({
  isOn,
  onClick,
  className,
  children,
}: {
  readonly isOn: boolean
  onClick(): void
  readonly className?: string
  readonly children: string
}) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={classNames(
        'h-7 rounded-control px-2 text-sm',
        isOn ? 'bg-selection text-text' : 'text-text-2 hover:bg-sunken hover:text-text',
        className,
      )}
    >
      {children}
    </button>
  )
}

function endText(end: StatementResult['end'], isDryRun: boolean): string {
  if (end === null) return 'Running …'
  const changed = (end.changed ?? 0).toLocaleString('en')
  return isDryRun ? `Would change ${changed}. Nothing is written yet.` : `${changed} changed in ${msText(end.ms)}.`
}

function msText(ms: number): string {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`
}

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
}

function download({ columns, rows }: StatementResult, format: ExportFormat): void {
  const url = URL.createObjectURL(new Blob([exportText(columns, rows, format)], { type: TYPES[format] }))
  const link = document.createElement('a')
  link.href = url
  link.download = `result.${format}`
  link.click()
  // After the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
