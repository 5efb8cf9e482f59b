import { CONTROL, defaultName, type EditorProps } from './editor-props'

const NOTHING = 'null'
const DEFAULT = 'default'

/** One of a list: an enum, true or false. Nothing else can be chosen; typing finds. */
export function ChoiceEditor(props: EditorProps) {
  const { id, field, input, onInput, isInvalid, describedBy, reason, autoFocus } = props
  const choices = field.enum === null ? ['true', 'false'] : field.enum.values.map(String)
  const isUnknown = input.kind === 'text' && !choices.includes(input.text)
  function choose(value: string): void {
    if (value === NOTHING || value === DEFAULT) onInput({ kind: value })
    else onInput({ kind: 'text', text: value.slice(1) })
  }
  return (
    <select
      id={id}
      name={field.name}
      // A value may be the word null: texts have a mark before them.
      value={input.kind === 'text' ? `=${input.text}` : input.kind}
      onChange={({ target }) => reason === null && choose(target.value)}
      aria-disabled={reason !== null || undefined}
      title={reason ?? undefined}
      // biome-ignore lint/a11y/noAutofocus: where somebody has just chosen to edit this field
      autoFocus={autoFocus}
      aria-invalid={isInvalid}
      aria-describedby={describedBy}
      className={`${CONTROL} h-8 px-2 max-sm:h-10`}
    >
      {input.kind === 'default' && (
        <option value={DEFAULT}>{field.default === null ? 'not given' : `default: ${defaultName(field)}`}</option>
      )}
      {(field.nullable || input.kind === 'null') && <option value={NOTHING}>null</option>}
      {choices.map((choice) => (
        <option key={choice} value={`=${choice}`}>
          {choice === '' ? '""' : choice}
        </option>
      ))}
      {isUnknown && <option value={`=${input.text}`}>{input.text} (not one of the list)</option>}
    </select>
  )
}
