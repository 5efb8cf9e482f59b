import { useState } from 'react'
import { todos } from './collections'

export function Composer() {
  const [title, setTitle] = useState('')

  function add(): void {
    const text = title.trim()
    if (text === '') return
    setTitle('')
    const transaction = todos.insert({ title: text })
    // What could not be saved is not lost: it is back in the field, unless something else is there by now.
    transaction.when('settled').catch(() => setTitle((current) => current || text))
  }

  return (
    <form
      className="composer field"
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <label className="hidden" htmlFor="title">
        What is to be done?
      </label>
      <input
        id="title"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        placeholder="What is to be done?"
        maxLength={200}
        autoComplete="off"
      />
      <button type="submit" disabled={title.trim() === ''}>
        Add
      </button>
    </form>
  )
}
