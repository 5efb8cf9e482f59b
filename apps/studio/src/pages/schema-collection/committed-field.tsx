import { type ReactNode, useEffect, useState } from 'react'
import { classNames } from '../../kit/class-names'
import { TextField } from '../../kit/text-field'

export interface CommittedFieldProps {
  readonly label: string
  readonly value: string
  readonly isOff: boolean
  readonly isCode?: boolean
  readonly hint?: ReactNode
  /** What is wrong with a text; null where nothing is. */
  check?(text: string): string | null
  /** Called on Enter, and when the focus leaves, if the text is another one and valid. */
  commit(text: string): void
}

/** An input whose text counts once it is finished. What is not valid stays, with the reason. */
export function CommittedField({ label, value, isOff, isCode = false, hint, check, commit }: CommittedFieldProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const problem = text === value ? null : (check?.(text) ?? null)
  const finish = () => {
    if (text !== value && problem === null) commit(text)
  }
  return (
    <TextField
      label={label}
      value={text}
      hint={hint}
      disabled={isOff}
      error={problem ?? undefined}
      className={classNames(isCode && '[&_input]:font-mono')}
      onChange={({ target }) => setText(target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        // Ctrl+S goes on to the plan, which is to have it.
        if (event.key === 'Enter' || (event.key === 's' && (event.ctrlKey || event.metaKey))) finish()
      }}
    />
  )
}
