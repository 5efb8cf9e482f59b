import { useId, useState } from 'react'
import { CodeEditor } from '../../kit/code/code-editor'
import { TextField } from '../../kit/text-field'
import type { TypedUser } from './search'

/** What rules see of a user who need not exist. */
export function TypedUserForm({
  user,
  roles,
  onChange,
}: {
  readonly user: TypedUser
  /** Those of schema.yaml. */
  readonly roles: readonly string[]
  readonly onChange: (user: TypedUser) => void
}) {
  const { role = 'user', verified = true, id = '', claims } = user
  const [text, setText] = useState(() => (claims === undefined ? '' : JSON.stringify(claims, null, 2)))
  const [error, setError] = useState<string | null>(null)
  const list = useId()
  function setClaims(next: string): void {
    setText(next)
    try {
      const value: unknown = next.trim() === '' ? undefined : JSON.parse(next)
      if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
        setError('Claims are an object: {"team": "red"}.')
        return
      }
      setError(null)
      onChange({ ...user, claims: value as TypedUser['claims'] })
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure))
    }
  }
  return (
    <fieldset className="flex flex-col gap-3 rounded-panel border border-line p-3">
      <legend className="px-1 text-sm text-text-2">The user</legend>
      <TextField
        label="Role"
        value={role}
        list={list}
        onChange={({ target }) => onChange({ ...user, role: target.value })}
      />
      <datalist id={list}>
        {['user', ...roles].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <TextField
        label="auth.id"
        value={id}
        placeholder="an id that nobody has"
        onChange={({ target }) => onChange({ ...user, id: target.value || undefined })}
      />
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          checked={verified}
          onChange={({ target }) => onChange({ ...user, verified: target.checked })}
        />
        The address is verified
      </label>
      <div className="flex flex-col gap-1">
        <span className="font-medium">auth.claims</span>
        <CodeEditor
          label="Claims"
          language="json"
          height="content"
          hasLineNumbers={false}
          value={text}
          onChange={setClaims}
          placeholder='{ "team": "red" }'
          isInvalid={error !== null}
          describedBy={error === null ? undefined : `${list}-error`}
        />
        {error !== null && (
          <p id={`${list}-error`} className="text-sm text-danger-text">
            {error}
          </p>
        )}
      </div>
    </fieldset>
  )
}
