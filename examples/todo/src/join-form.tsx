import { useKoya, useMutation } from '@koyalite/client/react'
import { useState } from 'react'

export function JoinForm() {
  const koya = useKoya()
  const [name, setName] = useState('')
  const { mutate: join, pending, error } = useMutation(() => koya.auth.anonymous({ name: name.trim() }))
  return (
    <main className="join">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          join()
        }}
      >
        <h1>Todo</h1>
        <p>One list, for everybody who has it open. Open a second tab, and be somebody else.</p>
        <label htmlFor="name">Your name</label>
        <div className="field">
          <input
            id="name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={40}
            autoComplete="given-name"
            // biome-ignore lint/a11y/noAutofocus: there is nothing else on the page
            autoFocus
            required
          />
          <button type="submit" disabled={pending || name.trim() === ''}>
            Join
          </button>
        </div>
        {error && (
          <p className="error" role="alert">
            {error.code === 'NETWORK' ? 'The server cannot be reached. Is it running?' : error.message}
          </p>
        )}
      </form>
    </main>
  )
}
