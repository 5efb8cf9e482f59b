import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type FieldInput, readInput } from '../../fields/field-input'
import { FieldRow } from '../../fields/field-row'
import { useCollections } from '../../fields/use-collections'
import { useZone } from '../../fields/use-zone'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import { requiredFields } from './profile-fields'

export function NewUserDialog({ onClose }: { readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const extra = requiredFields(useCollections().data?.find(({ name }) => name === 'users'))
  const { zone } = useZone()
  const [inputs, setInputs] = useState<Readonly<Record<string, FieldInput>>>({})
  const inputOf = (name: string) => inputs[name] ?? UNTOUCHED
  const reads = extra.map((field) => [field.name, readInput(field, inputOf(field.name), zone)] as const)
  const form = useForm(async (given) => {
    const password = String(given.get('password'))
    const made = await admin.createUser({
      body: {
        email: String(given.get('email')),
        ...(password !== '' && { password }),
        ...(given.get('verified') !== null && { verified: true }),
        ...Object.fromEntries(reads.flatMap(([name, read]) => (read.kind === 'value' ? [[name, read.value]] : []))),
      },
    })
    await queries.invalidateQueries({ queryKey: ['users'] })
    toast({ title: `Created ${made.email}` })
    onClose()
  })
  return (
    <Dialog title="New user" isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField label="Email address" name="email" type="email" required autoFocus error={form.fieldErrors.email} />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="Without one they sign in by mail, or choose one by resetting it."
          error={form.fieldErrors.password}
        />
        {extra.map((field) => {
          const { name } = field
          const read = reads.find(([of]) => of === name)?.[1]
          const refused = form.fieldErrors[name]
          return (
            <FieldRow
              key={name}
              {...{ field, zone }}
              input={inputOf(name)}
              stored={null}
              onInput={(input) => setInputs({ ...inputs, [name]: input })}
              onRevert={() => setInputs({ ...inputs, [name]: UNTOUCHED })}
              problem={read?.kind === 'problem' ? read : refused === undefined ? null : { message: refused }}
              reason={null}
              isChanged={name in inputs}
            />
          )
        })}
        <label className="flex items-center gap-2">
          <input type="checkbox" name="verified" className="size-4 accent-accent" />
          The address is known to be theirs
        </label>
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Create user
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const UNTOUCHED: FieldInput = { kind: 'default' }
