import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useDeferredValue, useId, useRef, useState } from 'react'
import type { EditClose } from '../../grid/grid-editing'
import { messageOf } from '../../session/operator-session'
import { CellPopup } from './cell-popup'

export interface Choice {
  readonly value: string
  readonly label: string
  /** Beside the label: the key. */
  readonly detail?: string
}

export interface CellChoiceProps {
  readonly label: string
  /** The character that began it. */
  readonly typed: string
  /** What is chosen now. */
  readonly current: string | null
  readonly isNullable: boolean
  /** Those that fit a text; a promise where the server knows them. */
  readonly find: (text: string) => readonly Choice[] | Promise<readonly Choice[]>
  /** Stays the same as long as `find` finds the same. */
  readonly findKey: readonly unknown[]
  readonly onChoose: (value: string | null, label: string) => void
  readonly close: (how?: EditClose) => void
}

const NOTHING: Choice = { value: '', label: 'null' }

/** A value of a list in the place of its cell: typing finds, Enter takes, and nothing else can be chosen. */
export function CellChoice(props: CellChoiceProps) {
  const { label, current, isNullable, find, onChoose, close } = props
  const [text, setText] = useState(props.typed)
  const [active, setActive] = useState<number | null>(null)
  const asked = useDeferredValue(text)
  const element = useRef<HTMLInputElement>(null)
  const listId = useId()
  const isClosed = useRef(false)
  const {
    data = [],
    error,
    isPlaceholderData,
  } = useQuery({
    queryKey: ['choices', ...props.findKey, asked],
    queryFn: async () => find(asked),
    placeholderData: keepPreviousData,
  })
  const choices = data !== undefined && isNullable && asked === '' ? [...data, NOTHING] : (data ?? [])
  const found = choices.findIndex(({ value }) => value === current)
  const at = Math.min(active ?? (text === '' ? Math.max(0, found) : 0), choices.length - 1)

  function end(how: EditClose): void {
    if (isClosed.current) return
    isClosed.current = true
    close(how)
  }
  function take(choice: Choice | undefined, how: EditClose): void {
    if (isClosed.current) return
    end(how)
    if (choice !== undefined && choice.value !== current)
      onChoose(choice === NOTHING ? null : choice.value, choice.label)
  }
  /** By a key: what has been typed may not have been looked for yet. */
  async function takeTyped(how: EditClose): Promise<void> {
    // Nothing typed and nothing gone to: it stays what it is.
    if (text === '' && active === null) return end(how)
    if (text === asked && data !== undefined && !isPlaceholderData) return take(choices[at], how)
    end(how)
    const [first] = await find(text)
    if (first !== undefined && first.value !== current) onChoose(first.value, first.label)
  }
  function onKeyDown(event: KeyboardEvent): void {
    event.stopPropagation()
    if (event.key === 'Escape') end({})
    else if (event.key === 'Enter') void takeTyped({ move: 'down' })
    else if (event.key === 'Tab') void takeTyped({ move: event.shiftKey ? 'left' : 'right' })
    else if (event.key === 'ArrowDown') setActive(Math.min(at + 1, choices.length - 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(at - 1, 0))
    else return
    event.preventDefault()
  }

  return (
    <>
      <input
        ref={element}
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={choices.length > 0 ? `${listId}-${at}` : undefined}
        value={text}
        placeholder={choices[found]?.label ?? current ?? 'null'}
        onChange={({ target }) => {
          setText(target.value)
          setActive(null)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => end({})}
        // biome-ignore lint/a11y/noAutofocus: editing has just been asked for
        autoFocus
        autoComplete="off"
        className="size-full border-2 border-focus bg-canvas px-[6px] text-base outline-none"
      />
      <CellPopup anchor={element}>
        <div id={listId} role="listbox" aria-label={label} className="min-h-0 overflow-y-auto p-1">
          {choices.map((choice, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the input
            <div
              key={choice.value}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              ref={index === at ? (option) => option?.scrollIntoView({ block: 'nearest' }) : undefined}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(choice, {})}
              className="flex items-baseline gap-2 rounded-control px-2 py-1 aria-selected:bg-selection"
            >
              <span className={`min-w-0 truncate ${choice === NOTHING ? 'text-text-3 italic' : ''}`}>
                {choice.label || '""'}
              </span>
              {choice.detail !== undefined && (
                <span className="ml-auto flex-none font-mono text-sm text-text-3">{choice.detail}</span>
              )}
            </div>
          ))}
        </div>
        {error !== null && <p className="px-3 pb-2 text-sm text-danger-text">{messageOf(error)}</p>}
        {error === null && data !== undefined && choices.length === 0 && (
          <p className="px-3 pb-2 text-sm text-text-3">Nothing matches “{asked}”.</p>
        )}
      </CellPopup>
    </>
  )
}
