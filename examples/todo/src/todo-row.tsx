import { useRef, useState } from 'react'
import { todos } from './collections'
import { Person } from './person'

export interface TodoRowProps {
  readonly todo: {
    readonly id: string
    readonly title: string
    readonly done: boolean
    readonly owner_id: string
    readonly owner: string | undefined
    readonly isPending: boolean
  }
}

export function TodoRow({ todo: { id, title, done, owner_id, owner, isPending } }: TodoRowProps) {
  const [isEditing, setEditing] = useState(false)
  return (
    <li data-pending={isPending || undefined} data-done={done || undefined}>
      <input
        type="checkbox"
        checked={done}
        aria-label={`${title}: done`}
        onChange={(event) => {
          const { checked } = event.target
          todos.update(id, (draft) => {
            draft.done = checked
          })
        }}
      />
      {isEditing ? (
        <TitleField id={id} title={title} onEnd={() => setEditing(false)} />
      ) : (
        <button type="button" className="title" onClick={() => setEditing(true)} title="Rename">
          {title}
        </button>
      )}
      <Person id={owner_id} name={owner} />
      <button type="button" className="remove" aria-label={`Delete ${title}`} onClick={() => todos.delete(id)}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="m4 4 8 8m0-8-8 8" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
        </svg>
      </button>
    </li>
  )
}

interface TitleFieldProps {
  readonly id: string
  readonly title: string
  onEnd(): void
}

function TitleField({ id, title, onEnd }: TitleFieldProps) {
  const [text, setText] = useState(title)
  const isOver = useRef(false)

  function end(save: boolean): void {
    // Enter takes the field away, which then loses the focus too.
    if (isOver.current) return
    isOver.current = true
    const next = text.trim()
    if (save && next !== '' && next !== title) {
      todos.update(id, (draft) => {
        draft.title = next
      })
    }
    onEnd()
  }

  return (
    <input
      className="title"
      aria-label="Title"
      value={text}
      maxLength={200}
      // biome-ignore lint/a11y/noAutofocus: it has taken the place of the title that was clicked
      autoFocus
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={({ key }) => {
        if (key === 'Enter') end(true)
        if (key === 'Escape') end(false)
      }}
    />
  )
}
