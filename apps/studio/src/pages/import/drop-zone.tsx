import { FileUp } from 'lucide-react'
import { type DragEvent, useId, useState } from 'react'
import { FormError } from '../../kit/form-error'
import { messageOf } from '../../session/operator-session'
import type { ChosenFile } from './import-page'

/** What one request may bring; the server says the same. */
export const MAX_BYTES = 60 * 1024 * 1024

export interface DropZoneProps {
  /** Why nothing can be imported, or null. */
  readonly reason: string | null
  onFile(file: ChosenFile): void
}

/** Takes a file: dropped, chosen, or pasted as text. */
export function DropZone({ reason, onFile }: DropZoneProps) {
  const id = useId()
  const [isOver, setOver] = useState(false)
  const [error, setError] = useState<string | null>(null)
  async function take(file: File | undefined): Promise<void> {
    if (file === undefined || reason !== null) return
    if (file.size > MAX_BYTES) {
      setError(`${file.name} is larger than 60 MB. Import it beside the server: koyalite db import.`)
      return
    }
    try {
      onFile({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })
    } catch (failure) {
      setError(`${file.name} could not be read: ${messageOf(failure)}`)
    }
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  return (
    <div className="flex flex-col gap-3">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is beside choosing a file, which takes keys */}
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`flex flex-col items-center gap-3 rounded-panel border border-dashed px-4 py-12 text-center ${isOver ? 'border-accent bg-sunken' : 'border-control'}`}
      >
        <FileUp aria-hidden="true" size={24} strokeWidth={1.5} className="text-text-3" />
        <p className="text-md">Drop a file here: CSV, TSV, JSON or NDJSON, up to 60 MB.</p>
        <label htmlFor={id} className="font-medium">
          Or choose one
        </label>
        <input
          id={id}
          type="file"
          accept=".csv,.tsv,.txt,.json,.ndjson,.jsonl"
          disabled={reason !== null}
          title={reason ?? undefined}
          onChange={({ target }) => void take(target.files?.[0])}
          className="max-w-full text-text-2 file:mr-3 file:h-8 file:rounded-control file:border file:border-control file:bg-raised file:px-3 file:font-medium file:text-text hover:file:bg-sunken max-sm:file:h-10"
        />
        {reason !== null && <p className="text-text-2">{reason}</p>}
      </div>
      {error !== null && <FormError>{error}</FormError>}
      <p className="text-text-2">
        Nothing is written before you have seen what would happen: every row is checked by the server first.
      </p>
    </div>
  )
}
