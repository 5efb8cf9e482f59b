import type { SendTestMailResponse } from '@koyalite/client/admin'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { SelectField } from '../../kit/select-field'
import { TextField } from '../../kit/text-field'
import { useForm } from '../../kit/use-form'
import { useMay, useOperator, useSession } from '../../session/session-context'
import type { Setting } from './settings'

export interface TestMailDialogProps {
  readonly settings: readonly Setting[]
  readonly onClose: () => void
}

const TRANSPORTS = [
  { value: 'log', text: 'log: written to the log only' },
  { value: 'smtp', text: 'smtp' },
  { value: 'resend', text: 'resend' },
] as const

/** Sends a mail with the values in the form, which need not be saved, and shows what the servers said to each other. */
export function TestMailDialog({ settings, onClose }: TestMailDialogProps) {
  const { admin } = useSession()
  const { email } = useOperator()
  const [result, setResult] = useState<SendTestMailResponse | null>(null)
  const current = (name: string) => settings.find(({ path }) => path === `email.${name}`)?.value ?? ''
  const [transport, setTransport] = useState(String(current('transport')))
  const { isBusy, error, fieldErrors, onSubmit } = useForm(async (given) => {
    setResult(null)
    // What is left empty is as it is saved: secrets never come to the page.
    const filled = ['email.from', 'email.url', 'email.api_key']
      .map((name) => [name.slice('email.'.length), String(given.get(name) ?? '').trim()] as const)
      .filter(([, value]) => value !== '')
    const chosen = TRANSPORTS.find(({ value }) => value === transport)?.value ?? 'log'
    const body = { to: String(given.get('to')), email: { ...Object.fromEntries(filled), transport: chosen } }
    setResult(await admin.sendTestMail({ body }))
  })
  const mayChoose = useMay('settings:write')
  const secretHint = mayChoose ? 'Empty: as it is saved.' : 'As it is saved: only owners try another one.'
  return (
    <Dialog title="Send a test mail" isOpen onClose={onClose} size="wide">
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <TextField name="to" type="email" required label="To" defaultValue={email} error={fieldErrors.to} />
          <SelectField
            label="Transport"
            value={transport}
            options={TRANSPORTS}
            onChange={({ target }) => setTransport(target.value)}
          />
          <TextField
            name="email.from"
            label="From"
            defaultValue={String(current('from'))}
            error={fieldErrors['email.from']}
          />
          {transport === 'smtp' && (
            <TextField
              name="email.url"
              disabled={!mayChoose}
              type="password"
              autoComplete="off"
              label="Server"
              hint={mayChoose ? `smtp://user:password@host:port. ${secretHint}` : secretHint}
              error={fieldErrors['email.url'] ?? fieldErrors['email.transport']}
            />
          )}
          {transport === 'resend' && (
            <TextField
              name="email.api_key"
              disabled={!mayChoose}
              type="password"
              autoComplete="off"
              label="API key"
              hint={secretHint}
              error={fieldErrors['email.api_key'] ?? fieldErrors['email.transport']}
            />
          )}
        </div>
        {error !== null && <FormError>{error}</FormError>}
        {result !== null && <Result result={result} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            Send the mail
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Result({ result: { ok, message, dialogue } }: { readonly result: SendTestMailResponse }) {
  return (
    <div role="status" className="flex flex-col gap-2">
      <p className="flex items-center gap-2">
        {ok ? <Badge kind="success">accepted</Badge> : <Badge kind="danger">refused</Badge>}
        {ok ? 'The mail was accepted. Look into the mailbox.' : message}
      </p>
      {dialogue.length > 0 && (
        <pre className="max-h-[220px] overflow-auto rounded-control bg-sunken p-3 font-mono text-code whitespace-pre-wrap">
          {dialogue.join('\n')}
        </pre>
      )}
    </div>
  )
}
