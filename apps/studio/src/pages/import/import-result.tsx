import type { CollectionInfo } from '../../fields/field'
import { AppLink } from '../../kit/app-link'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import type { Answer } from './import-steps'
import { refusedCsv, refusedRows } from './refused-rows'
import { saveFile } from './save-file'

export interface ImportResultProps {
  readonly collection: CollectionInfo
  readonly answer: Answer
  readonly header: readonly string[] | null
  readonly reason: string | null
  readonly isBusy: boolean
  onImport(step: 'all' | 'valid'): void
}

const MAX_SHOWN = 200

/** What the server said of the rows: before the import, or after it. */
export function ImportResult({ collection, answer, header, reason, isBusy, onImport }: ImportResultProps) {
  const { kind, rows, response } = answer
  const { read, inserted, updated, unchanged, refused } = response
  const valid = read - refused
  const bad = refusedRows(rows, response)
  const isDone = kind === 'imported'
  const { name } = collection
  const lines = bad.flatMap(({ row, errors }) => errors.map((error, index) => ({ ...error, line: row.line, index })))
  return (
    <section aria-label={isDone ? 'Result' : 'Check'} className="flex flex-col gap-4">
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        <Figure name="Read" value={read} />
        <Figure name={isDone ? 'Added' : 'Would be added'} value={inserted} />
        <Figure name={isDone ? 'Changed' : 'Would be changed'} value={updated} />
        {unchanged > 0 && <Figure name="Equal already" value={unchanged} />}
        <Figure name={isDone ? 'Refused' : 'Would be refused'} value={refused} />
      </dl>
      <div className="flex flex-wrap gap-2">
        {!isDone && refused === 0 && (
          <Button kind="primary" reason={reason} isBusy={isBusy} onClick={() => onImport('all')}>
            Import {documents(valid)}
          </Button>
        )}
        {!isDone && refused > 0 && (
          <Button
            kind="primary"
            reason={reason ?? (valid === 0 ? 'No row can be imported.' : null)}
            isBusy={isBusy}
            onClick={() => onImport('valid')}
          >
            Import the valid {valid.toLocaleString('en')}
          </Button>
        )}
        {refused > 0 && (
          <Button onClick={() => saveFile(`${name}-refused.csv`, 'text/csv', refusedCsv(bad, header))}>
            Download the refused rows
          </Button>
        )}
        {isDone && (
          <AppLink
            href={`/data/${encodeURIComponent(name)}`}
            className="inline-flex h-8 items-center rounded-control border border-control px-3 font-medium hover:bg-sunken max-sm:h-10"
          >
            Open {name}
          </AppLink>
        )}
      </div>
      {!isDone && refused > 0 && (
        <p className="text-text-2">
          For all or nothing, correct the refused rows in the file and choose it again. Nothing has been written.
        </p>
      )}
      {lines.length > 0 && (
        <ListTable
          label="Refused rows"
          rows={lines.slice(0, MAX_SHOWN)}
          keyOf={({ line, field, index }) => `${line} ${field} ${index}`}
          columns={[
            { name: 'Line', isNumber: true, cell: ({ line }) => line },
            { name: 'Field', cell: ({ field }) => <code className="font-mono text-code">{field}</code> },
            {
              name: 'Value',
              cell: ({ value }) => (
                <span className="block max-w-[240px] truncate" title={value}>
                  {value}
                </span>
              ),
            },
            { name: 'Reason', cell: ({ message }) => message },
          ]}
        />
      )}
      {lines.length > MAX_SHOWN && (
        <p className="text-text-2">and {(lines.length - MAX_SHOWN).toLocaleString('en')} more: download them.</p>
      )}
    </section>
  )
}

function Figure({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div className="flex flex-col">
      <dt className="text-sm text-text-2">{name}</dt>
      <dd className="text-title font-semibold tabular-nums">{value.toLocaleString('en')}</dd>
    </div>
  )
}

function documents(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'document' : 'documents'}`
}
