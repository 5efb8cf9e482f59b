import type { CreateWebhookInput } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useCollections } from '../../fields/use-collections'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { SelectField } from '../../kit/select-field'
import { SmallButton } from '../../kit/small-button'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import { SendProblem } from './send-problem'
import type { Webhook } from './use-webhooks'

export interface WebhookFormProps {
  /** What is changed; null: a new one. */
  readonly before: Webhook | null
  readonly onClose: () => void
  /** @param secret of a new one */
  readonly onSaved: (name: string, secret: string | null) => void
}

const ORDERS = [
  { value: 'document', text: 'kept for each document' },
  { value: 'none', text: 'not kept: nothing is held back' },
] as const
const PAYLOADS = [
  { value: 'full', text: 'the document' },
  { value: 'thin', text: 'its key only' },
] as const
/** Patterns that are offered; others are typed. */
const MAX_OFFERED = 12

/** Makes an endpoint, or changes one. */
export function WebhookForm({ before, onClose, onSaved }: WebhookFormProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [events, setEvents] = useState(before?.events.join(', ') ?? '')
  const form = useForm(async (given) => {
    const { name, ...body } = bodyOf(given)
    const made = before === null ? await admin.createWebhook({ body: { name, ...body } }) : null
    if (before !== null) await admin.updateWebhook({ params: { name: before.name }, body })
    await queries.invalidateQueries({ queryKey: ['webhooks'] })
    toast({ title: before === null ? `Made the endpoint ${name}` : `Changed ${before.name}` })
    onSaved(before?.name ?? name, made?.secret ?? null)
  })
  return (
    <Dialog title={before === null ? 'New endpoint' : `Change ${before.name}`} isOpen onClose={onClose} size="wide">
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        {before === null && (
          <TextField
            label="Name"
            name="name"
            hint="Lower-case letters, digits, - and _"
            autoComplete="off"
            autoFocus
            required
            error={form.fieldErrors.name}
          />
        )}
        <TextField
          label="URL"
          name="url"
          type="text"
          inputMode="url"
          autoComplete="off"
          required
          placeholder="https://example.com/hooks"
          defaultValue={before?.url}
          error={form.fieldErrors.url}
        />
        {form.fieldErrors.url?.includes('webhooks.allow') && (
          <p className="-mt-3 text-sm text-text-2">
            <SendProblem text="Open the setting webhooks.allow" />
          </p>
        )}
        <div className="flex flex-col gap-1.5">
          <TextField
            label="Events"
            name="events"
            hint="With commas between them; * at the end stands for anything"
            autoComplete="off"
            required
            placeholder="posts.created, auth.*"
            value={events}
            onChange={({ target }) => setEvents(target.value)}
          />
          <OfferedEvents events={events} onChoose={setEvents} />
        </div>
        <TextField
          label="Only when"
          name="when"
          hint="A CEL condition over doc, old and type; empty: always"
          autoComplete="off"
          placeholder="doc.status == 'paid'"
          defaultValue={before?.when ?? ''}
          error={form.fieldErrors.when}
        />
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <SelectField label="What is sent" name="payload" options={PAYLOADS} defaultValue={before?.payload} />
          <SelectField label="Order" name="order" options={ORDERS} defaultValue={before?.order} />
          <TextField
            label="Fields"
            name="fields"
            hint="Besides the key, with commas; empty: all that are not internal"
            autoComplete="off"
            defaultValue={before?.fields?.join(', ') ?? ''}
            className="col-span-full"
          />
        </div>
        {form.error !== null && (
          <FormError>
            <SendProblem text={form.error} />
          </FormError>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            {before === null ? 'Create endpoint' : `Change ${before.name}`}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface OfferedEventsProps {
  readonly events: string
  readonly onChoose: (events: string) => void
}

/** Patterns of what there is, to be added by a click. */
function OfferedEvents({ events, onChoose }: OfferedEventsProps) {
  const { data: collections = [] } = useCollections()
  const chosen = listOf(events)
  const offered = [...collections.map(({ name }) => `${name}.*`), 'auth.*', 'mail.*', 'job.dead', 'function.failed']
  return (
    <div className="flex flex-wrap gap-1">
      {offered.slice(0, MAX_OFFERED).map((pattern) => (
        <SmallButton
          key={pattern}
          aria-pressed={chosen.includes(pattern)}
          className="font-mono"
          onClick={() =>
            onChoose(
              (chosen.includes(pattern) ? chosen.filter((one) => one !== pattern) : [...chosen, pattern]).join(', '),
            )
          }
        >
          {pattern}
        </SmallButton>
      ))}
    </div>
  )
}

function bodyOf(given: FormData): CreateWebhookInput['body'] {
  const text = (field: string) => String(given.get(field) ?? '').trim()
  const [when, fields] = [text('when'), listOf(text('fields'))]
  return {
    ...{ name: text('name'), url: text('url'), events: listOf(text('events')) },
    when: when === '' ? null : when,
    fields: fields.length === 0 ? null : fields,
    order: text('order') === 'none' ? 'none' : 'document',
    payload: text('payload') === 'thin' ? 'thin' : 'full',
  }
}

function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((one) => one !== '')
}
