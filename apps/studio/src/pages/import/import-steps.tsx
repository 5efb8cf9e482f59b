import type { ImportRowsResponse } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { CollectionInfo } from '../../fields/field'
import { Button } from '../../kit/button'
import { FormError } from '../../kit/form-error'
import { useUndo } from '../../kit/undo/undo-provider'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import type { CellRules } from './cell-value'
import type { ColumnMapping } from './column-mapping'
import { MAX_BYTES } from './drop-zone'
import { decodeFile } from './file-text'
import {
  type FileReading,
  type FileTable,
  firstMapping,
  type ImportRow,
  recogniseFile,
  rowsOfJson,
  rowsOfTable,
  tableOf,
} from './import-file'
import type { ChosenFile } from './import-page'
import { ImportResult } from './import-result'
import { MappingTable } from './mapping-table'
import { ReadingFields } from './reading-fields'

export type ImportMode = 'insert' | 'upsert'

export interface ImportStepsProps {
  readonly collection: CollectionInfo
  readonly file: ChosenFile
  /** Why nothing can be imported, or null. */
  readonly reason: string | null
  onOther(): void
}

/** What the server said, of which rows. */
export interface Answer {
  readonly kind: 'checked' | 'imported'
  readonly rows: readonly ImportRow[]
  readonly response: ImportRowsResponse
}

/** Beyond it the server cannot undo. */
const MAX_UNDO = 10_000

/** From a file to its documents. */
export function ImportSteps({ collection, file, reason, onOther }: ImportStepsProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const undo = useUndo()
  const [reading, setReading] = useState(() => recogniseFile(file.bytes, file.name, collection))
  const [rules, setRules] = useState<CellRules>({ empty: 'null', unescapesFormulas: false })
  const [mode, setMode] = useState<ImportMode>('insert')
  const [chosen, setChosen] = useState<ColumnMapping | null>(null)
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  const content = useMemo(() => contentOf(file, reading), [file, reading])
  const { table } = content
  const mapping = chosen ?? (table && firstMapping(table, collection, reading.hasHeader)) ?? []
  /** Any change makes what the server said of the rows worthless. */
  const changed = () => {
    setAnswer(null)
    setError(null)
  }

  async function send(step: 'check' | 'all' | 'valid'): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      const rows = table === null ? content.rows : rowsOfTable(table, collection, { mapping, rules })
      const body = new Blob([rows.map(({ json }) => json).join('\n')])
      if (body.size > MAX_BYTES)
        throw new Error('As documents these are more than 60 MB. Import them beside the server: koyalite db import.')
      const query = { mode, dry_run: step === 'check', skip_refused: step === 'valid' }
      const response = await admin.importRows({ params: { collection: collection.name }, query, body })
      setAnswer({ kind: step === 'check' ? 'checked' : 'imported', rows, response })
      if (step === 'check') return
      await queries.invalidateQueries()
      undo.done(importedText(response, collection.name), isUndoable(response) ? response.action : null)
    } catch (failure) {
      setError(messageOf(failure))
    } finally {
      setBusy(false)
    }
  }

  const count = table?.rows.length ?? content.rows.length
  const isImported = answer?.kind === 'imported'
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <span className="min-w-0 truncate font-medium">{file.name}</span>
        <span role="status" className="text-text-2">
          {count.toLocaleString('en')} {count === 1 ? 'row' : 'rows'}
        </span>
        <Button kind="quiet" onClick={onOther}>
          Other file
        </Button>
      </div>
      {!isImported && (
        <>
          <ReadingFields
            {...{ reading, rules, mode }}
            onReading={(next: FileReading) => {
              setReading(next)
              setChosen(null)
              changed()
            }}
            onRules={(next) => {
              setRules(next)
              changed()
            }}
            onMode={(next) => {
              setMode(next)
              changed()
            }}
          />
          {content.error !== null && <FormError>{content.error}</FormError>}
          {table !== null && (
            <MappingTable
              {...{ collection, table, mapping }}
              onMapping={(next) => {
                setChosen(next)
                changed()
              }}
            />
          )}
          {count > MAX_UNDO && (
            <p className="text-text-2">
              More than {MAX_UNDO.toLocaleString('en')} documents: this import cannot be undone. Make a backup first.
            </p>
          )}
          <div>
            <Button
              kind={answer === null ? 'primary' : 'plain'}
              isBusy={isBusy && answer === null}
              reason={reason ?? (count === 0 ? 'There are no rows.' : null)}
              onClick={() => void send('check')}
            >
              Check {count.toLocaleString('en')} {count === 1 ? 'row' : 'rows'}
            </Button>
          </div>
        </>
      )}
      {error !== null && <FormError>{error}</FormError>}
      {answer !== null && (
        <ImportResult
          {...{ collection, answer, reason, isBusy }}
          header={table?.header ?? null}
          onImport={(step) => void send(step)}
        />
      )}
    </div>
  )
}

function importedText({ inserted, updated }: ImportRowsResponse, collection: string): string {
  const parts = [
    ...(inserted > 0 ? [`added ${inserted.toLocaleString('en')}`] : []),
    ...(updated > 0 ? [`changed ${updated.toLocaleString('en')}`] : []),
  ]
  const text = parts.length === 0 ? 'changed nothing' : parts.join(', ')
  return `Import into ${collection}: ${text}`
}

function isUndoable({ inserted, updated }: ImportRowsResponse): boolean {
  return inserted + updated <= MAX_UNDO
}

interface Content {
  readonly table: FileTable | null
  readonly rows: readonly ImportRow[]
  /** Why the file cannot be read so. */
  readonly error: string | null
}

function contentOf({ bytes }: ChosenFile, reading: FileReading): Content {
  const none = { table: null, rows: [], error: null }
  try {
    const text = decodeFile(bytes, reading.encoding)
    if (reading.format === 'delimited') return { ...none, table: tableOf(text, reading) }
    return { ...none, rows: rowsOfJson(text, reading.format) }
  } catch (error) {
    return { ...none, error: `The file cannot be read like this: ${messageOf(error)}` }
  }
}
