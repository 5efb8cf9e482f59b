import { CONTROL, type EditorProps, placeholderOf, typed } from './editor-props'

/** As high as its text, within bounds. */
export function LongTextEditor(props: EditorProps) {
  const { id, field, onInput, isInvalid, describedBy, reason, autoFocus } = props
  const text = typed(props)
  return (
    <textarea
      id={id}
      name={field.name}
      value={text}
      rows={rowsOf(text)}
      onChange={({ target }) => onInput({ kind: 'text', text: target.value })}
      placeholder={placeholderOf(props)}
      readOnly={reason !== null}
      title={reason ?? undefined}
      // biome-ignore lint/a11y/noAutofocus: where somebody has just chosen to edit this field
      autoFocus={autoFocus}
      spellCheck={field.type !== 'json'}
      aria-invalid={isInvalid}
      aria-describedby={describedBy}
      className={`${CONTROL} resize-y py-1.5 ${field.type === 'json' ? 'font-mono text-code' : ''}`}
    />
  )
}

function rowsOf(text: string): number {
  let rows = 3
  for (let at = text.indexOf('\n'); at >= 0 && rows < 14; at = text.indexOf('\n', at + 1)) rows++
  return Math.max(rows, Math.min(14, Math.ceil(Math.min(text.length, 2000) / 60)))
}
