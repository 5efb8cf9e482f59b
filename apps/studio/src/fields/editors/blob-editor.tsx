import { useId } from 'react'
import { Button } from '../../kit/button'
import { bytesOf, formatSize } from '../format-value'
import type { EditorProps } from './editor-props'
import { placeholderOf } from './editor-props'

/** Bytes: taken from a file, and saved into one. */
export function BlobEditor(props: EditorProps) {
  const { id, field, input, onInput, reason, describedBy } = props
  const fileId = useId()
  async function take(file: File | undefined): Promise<void> {
    if (file !== undefined) onInput({ kind: 'text', text: new Uint8Array(await file.arrayBuffer()).toBase64() })
  }
  function save(): void {
    if (input.kind !== 'text') return
    const address = URL.createObjectURL(new Blob([Uint8Array.fromBase64(input.text)]))
    const link = document.createElement('a')
    link.href = address
    link.download = `${field.name}.bin`
    link.click()
    URL.revokeObjectURL(address)
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      <output id={id} className="min-w-[80px] font-mono text-code text-text-2">
        {input.kind === 'text' ? formatSize(bytesOf(input.text)) : <em>{placeholderOf(props)}</em>}
      </output>
      <span className="flex-1" />
      {input.kind === 'text' && <Button onClick={save}>Download</Button>}
      {reason === null && (
        <label
          htmlFor={fileId}
          className="inline-flex h-8 cursor-pointer items-center rounded-control border border-control bg-raised px-3 font-medium focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus hover:bg-sunken max-sm:h-10"
        >
          Upload a file
          <input
            id={fileId}
            type="file"
            aria-label={`File for ${field.name}`}
            aria-describedby={describedBy}
            className="sr-only"
            onChange={({ target }) => void take(target.files?.[0])}
          />
        </label>
      )}
    </div>
  )
}
