import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { SelectField } from '../../kit/select-field'

export interface ExportDialogProps {
  readonly collection: string
  /** `filter`, `where`, `params`, `sort` of the list. */
  readonly asked: readonly (readonly [name: string, value: string])[]
  /** Names of the fields that are shown, in their order. */
  readonly shown: readonly string[]
  /** How many documents match; null where that is not known yet. */
  readonly count: number | null
  readonly onClose: () => void
}

const FORMATS = [
  { value: 'csv', text: 'CSV' },
  { value: 'tsv', text: 'TSV' },
  { value: 'json', text: 'JSON' },
  { value: 'ndjson', text: 'NDJSON' },
] as const

/** All that the list has, not only what is loaded, as a file. The browser saves it while the server reads. */
export function ExportDialog({ collection, asked, shown, count, onClose }: ExportDialogProps) {
  const [format, setFormat] = useState<string>('csv')
  const [columns, setColumns] = useState<'shown' | 'all'>('all')
  const [escapes, setEscapes] = useState(false)
  const isTable = format === 'csv' || format === 'tsv'
  const parameters = new URLSearchParams(asked.map(([name, value]) => [name, value]))
  parameters.set('format', format)
  if (columns === 'shown') parameters.set('fields', shown.join(','))
  if (isTable && escapes) parameters.set('escape_formulas', 'true')
  const href = `/api/admin/data/export/${encodeURIComponent(collection)}?${parameters}`
  const many = count === null ? collection : `${count.toLocaleString('en')} ${count === 1 ? 'document' : 'documents'}`
  return (
    <Dialog title={`Export ${collection}`} isOpen onClose={onClose}>
      <p className="text-md text-text-2">
        All documents that match, in the order of the list, with their whole values.
      </p>
      <div className="grid grid-cols-2 gap-3">
        <SelectField
          label="Format"
          value={format}
          options={FORMATS}
          onChange={({ target }) => setFormat(target.value)}
        />
        <SelectField
          label="Columns"
          value={columns}
          options={[
            { value: 'all', text: 'All' },
            { value: 'shown', text: `Shown (${shown.length})` },
          ]}
          onChange={({ target }) => setColumns(target.value === 'shown' ? 'shown' : 'all')}
        />
      </div>
      {isTable && (
        <div className="flex flex-col gap-2">
          <label className="flex items-center gap-2">
            <input type="checkbox" checked={escapes} onChange={({ target }) => setEscapes(target.checked)} />
            Escape formulas
          </label>
          <p className="text-sm text-text-2">
            {escapes
              ? 'Texts that begin with = + - @ or a tab get a quote before them. Choose “Unescape” when you import the file here.'
              : 'Texts that begin with = + - @ run as formulas when a spreadsheet opens the file.'}
          </p>
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <a
          href={href}
          download={`${collection}.${format}`}
          onClick={onClose}
          className="inline-flex h-8 items-center rounded-control bg-accent px-3 font-medium text-on-accent hover:brightness-110 max-sm:h-10"
        >
          Export {many}
        </a>
      </div>
    </Dialog>
  )
}
