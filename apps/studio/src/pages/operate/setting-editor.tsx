import { AdminApiError } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '../../kit/button'
import { FormError } from '../../kit/form-error'
import { INPUT } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { editedText, typedValue } from './setting-value'
import { SETTINGS_KEY, type Setting } from './settings'

export interface SettingEditorProps {
  readonly setting: Setting
  readonly onClose: () => void
}

/** Changes one setting in its file. The server checks it; nothing that was typed is cleared. */
export function SettingEditor({ setting, onClose }: SettingEditorProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const { path } = setting
  const [text, setText] = useState(() => editedText(setting))
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  async function change(value: unknown): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      const { restart, files } = await admin.changeSettings({ body: { set: { [path]: value } } })
      await queries.invalidateQueries({ queryKey: SETTINGS_KEY })
      toast({
        title: value === null ? `${path} is at its default` : `Changed ${path} in ${files.join(', ')}`,
        ...(restart.includes(path) && { description: 'The next start of the server takes it.' }),
      })
      onClose()
    } catch (failure) {
      const own = failure instanceof AdminApiError ? failure.details.find(({ field }) => field.startsWith(path)) : null
      setError(own?.message ?? messageOf(failure))
      setBusy(false)
    }
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    const typed = typedValue(setting, text)
    if ('problem' in typed) setError(typed.problem)
    else void change(typed.value)
  }
  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
      className="flex w-[460px] max-w-full flex-col gap-2"
    >
      <Input setting={setting} text={text} onChange={setText} />
      {error !== null && <FormError>{error}</FormError>}
      <div className="flex flex-wrap justify-end gap-2">
        {setting.origin.kind !== 'default' && (
          <Button kind="quiet" isBusy={isBusy} onClick={() => void change(null)}>
            Use the default
          </Button>
        )}
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          Save
        </Button>
      </div>
    </form>
  )
}

interface InputProps {
  readonly setting: Setting
  readonly text: string
  readonly onChange: (text: string) => void
}

function Input({ setting: { path, kind, choices, nullable, secret, default: fallback }, text, onChange }: InputProps) {
  const options = kind === 'flag' ? ['true', 'false'] : choices
  const shared = { 'aria-label': path, autoFocus: true, value: text }
  if (options.length > 0) {
    return (
      <select {...shared} onChange={({ target }) => onChange(target.value)} className={INPUT}>
        {nullable && <option value="">not set</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    )
  }
  if (kind === 'list' || kind === 'table') {
    return (
      <textarea
        {...shared}
        rows={6}
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
        className="w-full rounded-control border border-control bg-canvas p-2 font-mono text-code"
      />
    )
  }
  return (
    <input
      {...shared}
      type={secret ? 'password' : 'text'}
      autoComplete="off"
      spellCheck={false}
      placeholder={secret ? 'A new value; it goes to .env' : fallback === null ? 'not set' : String(fallback)}
      onChange={({ target }) => onChange(target.value)}
      className={`${INPUT} font-mono`}
    />
  )
}
