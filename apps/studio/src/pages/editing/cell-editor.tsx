import { type KeyboardEvent, useId, useRef, useState } from 'react'
import type { Json } from '../../fields/exact-json'
import type { FieldInfo } from '../../fields/field'
import { type FieldInput, readInput } from '../../fields/field-input'
import { type PatternTest, valueProblem } from '../../fields/value-problem'
import type { Zone } from '../../fields/zone'
import { formatTimestamp } from '../../fields/zone'
import type { EditClose } from '../../grid/grid-editing'
import { SmallButton } from '../../kit/small-button'
import { CellPopup } from './cell-popup'

export interface CellEditorProps {
  readonly field: FieldInfo
  readonly initial: FieldInput
  /** It was begun by typing: the text replaces what was there. */
  readonly isTyped: boolean
  /** Why what is in it was refused before. */
  readonly refusal: string | null
  readonly zone: Zone
  readonly matches: PatternTest | undefined
  readonly onCommit: (value: Json, text: string) => void
  readonly close: (how?: EditClose) => void
}

/** A value in the place of its cell. Leaving it commits, as Enter does; what cannot be stored stays in it, and says why. */
export function CellEditor(props: CellEditorProps) {
  const { field, initial, isTyped, zone, matches, onCommit, close } = props
  const [input, setInput] = useState(initial)
  const [problem, setProblem] = useState<Problem | null>(props.refusal === null ? null : { message: props.refusal })
  const element = useRef<HTMLInputElement>(null)
  const isClosed = useRef(false)
  const messageId = useId()
  const isNumber = field.type === 'int' || field.type === 'float'

  /** Returns whether it is over. */
  function commit(how: EditClose, given = input): boolean {
    if (isClosed.current) return true
    const isSame =
      given.kind === initial.kind && given.kind === 'text' && initial.kind === 'text' && given.text === initial.text
    if (isSame && !isTyped && props.refusal === null) return end(how)
    const read = readInput(field, given, zone)
    const found: Problem | null =
      read.kind === 'problem'
        ? read
        : read.kind === 'value'
          ? asProblem(valueProblem(field, read.value, matches))
          : null
    if (found !== null) {
      setProblem(found)
      return false
    }
    end(how)
    if (read.kind === 'value') onCommit(read.value, given.kind === 'text' ? given.text : '')
    return true
  }
  function end(how: EditClose): boolean {
    isClosed.current = true
    close(how)
    return true
  }
  function change(next: FieldInput): void {
    setInput(next)
    setProblem(null)
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.nativeEvent.isComposing) return
    event.stopPropagation()
    if (event.key === 'Escape') end({})
    else if (event.key === 'Enter') commit({ move: event.shiftKey ? 'up' : 'down' })
    else if (event.key === 'Tab') commit({ move: event.shiftKey ? 'left' : 'right' })
    else if (event.key === ';' && event.ctrlKey) change({ kind: 'text', text: now(field, zone) })
    else return
    event.preventDefault()
  }

  return (
    <>
      <input
        ref={element}
        aria-label={field.name}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : messageId}
        value={input.kind === 'text' ? input.text : ''}
        placeholder={input.kind === 'null' ? 'null' : '""'}
        onChange={({ target }) => change({ kind: 'text', text: target.value })}
        onKeyDown={onKeyDown}
        onBlur={() => commit({})}
        onFocus={({ currentTarget }) => (isTyped ? undefined : currentTarget.select())}
        // biome-ignore lint/a11y/noAutofocus: editing has just been asked for
        autoFocus
        autoComplete="off"
        spellCheck={false}
        className={`size-full border-2 border-focus bg-canvas px-[6px] text-base outline-none placeholder:italic aria-invalid:border-danger ${isNumber ? 'text-right' : ''}`}
      />
      {problem !== null && (
        <CellPopup anchor={element}>
          <div id={messageId} role="alert" className="flex flex-col gap-1 px-2.5 py-1.5 text-sm text-danger-text">
            {problem.message}
            {problem.choices?.map((text) => (
              <SmallButton
                key={text}
                // The focus stays in the cell, which would commit otherwise.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => commit({ move: 'down' }, { kind: 'text', text })}
                className="border border-control"
              >
                {text}
              </SmallButton>
            ))}
          </div>
        </CellPopup>
      )}
    </>
  )
}

interface Problem {
  readonly message: string
  readonly choices?: readonly string[]
}

function asProblem(message: string | null): Problem | null {
  return message === null ? null : { message }
}

/** What Ctrl+; inserts. */
export function now(field: FieldInfo, zone: Zone): string {
  const at = new Date().toISOString()
  return field.type === 'date' ? at.slice(0, 10) : formatTimestamp(at, zone)
}
