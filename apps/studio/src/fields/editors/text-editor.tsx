import { CONTROL, type EditorProps, placeholderOf, typed } from './editor-props'

const NUMERIC = { int: 'numeric', float: 'decimal' } as const

/** Whatever stands in one line. */
export function TextEditor(props: EditorProps) {
  const { id, field, onInput, isInvalid, describedBy, reason, autoFocus } = props
  const isNumber = field.type === 'int' || field.type === 'float'
  return (
    <input
      id={id}
      name={field.name}
      value={typed(props)}
      onChange={({ target }) => onInput({ kind: 'text', text: target.value })}
      placeholder={placeholderOf(props)}
      readOnly={reason !== null}
      title={reason ?? undefined}
      // biome-ignore lint/a11y/noAutofocus: where somebody has just chosen to edit this field
      autoFocus={autoFocus}
      inputMode={isNumber ? NUMERIC[field.type as 'int' | 'float'] : undefined}
      autoComplete="off"
      spellCheck={field.type === 'string' && field.format === null && !field.primary}
      aria-invalid={isInvalid}
      aria-describedby={describedBy}
      className={`${CONTROL} h-8 max-sm:h-10 ${isNumber || field.type === 'uuid' ? 'font-mono text-code' : ''}`}
    />
  )
}
