import type { CreateKeyInput } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { CopyField } from '../../kit/copy-field'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'

type Scope = NonNullable<NonNullable<CreateKeyInput['body']>['scopes']>[number]['scope']

/** Those that a key can be made for now. */
const SCOPES: readonly (readonly [scope: Scope, opens: string])[] = [
  ['data:read', 'read all documents, past all rules'],
  ['data:write', 'write all documents, past all rules'],
  ['auth', 'users, their sessions and roles'],
  ['schema', 'the schema, migrations, rules'],
  ['logs', 'logs, the audit log, metrics'],
  ['admin', 'all of these, and the admin API'],
]

export function NewKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const [key, setKey] = useState<string | null>(null)
  const form = useForm(async (given) => {
    const scopes = given.getAll('scope') as Scope[]
    if (scopes.length === 0) throw new Error('Choose what the key may do.')
    const name = String(given.get('name')).trim()
    const made = await admin.createKey({
      body: { name: name === '' ? null : name, scopes: scopes.map((scope) => ({ scope })) },
    })
    await queries.invalidateQueries({ queryKey: ['keys'] })
    setKey(made.key)
  })
  if (key !== null) {
    return (
      <Dialog title="The key is shown only now" isOpen>
        <p className="text-md text-text-2">
          Store it like a password. The server keeps only what it takes to recognise it.
        </p>
        <CopyField label="The new key" text={key} />
        <Button kind="primary" onClick={onClose}>
          I have stored it
        </Button>
      </Dialog>
    )
  }
  return (
    <Dialog title="New service key" isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField
          label="Name"
          name="name"
          hint="What uses it, such as: nightly export"
          autoFocus
          error={form.fieldErrors.name}
        />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 font-medium">It may</legend>
          {SCOPES.map(([scope, opens]) => (
            <label key={scope} className="flex items-baseline gap-2">
              <input
                type="checkbox"
                name="scope"
                value={scope}
                className="size-4 flex-none translate-y-0.5 accent-accent"
              />
              <span>
                <code className="font-mono text-code">{scope}</code> <span className="text-text-2">{opens}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Create key
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
