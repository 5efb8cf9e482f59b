import type { PushJobInput } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { CodeEditor } from '../../kit/code/code-editor'
import { jsonProblem } from '../../kit/code/json-problem'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { SelectField } from '../../kit/select-field'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import { exampleText } from '../functions/example-of'
import { useFunction, useFunctions } from '../functions/use-functions'

type Conflict = NonNullable<PushJobInput['body']['on_conflict']>

const CONFLICTS: readonly { readonly value: Conflict; readonly text: string }[] = [
  { value: 'keep', text: 'keep that one' },
  { value: 'replace', text: 'replace what it is given' },
  { value: 'rerun', text: 'rerun it, once more if it runs' },
]

/** Pushes a job by hand, and opens it. */
export function PushJobDialog({ onClose }: { readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate({ from: '/jobs' })
  const toast = useToast()
  const { data } = useFunctions({ isFollowed: false })
  const [name, setName] = useState('')
  const [typed, setTyped] = useState<string | null>(null)
  const isFunction = data?.functions.some((one) => one.name === name) === true
  const fn = useFunction(isFunction ? name : null).data
  // What it takes, until somebody writes something else.
  const payload = typed ?? (fn === undefined ? '{}' : exampleText(fn.input))
  const wrong = jsonProblem(payload)
  const form = useForm(async (given) => {
    if (wrong !== null) throw new Error(`The payload is not JSON: ${wrong}`)
    const { id, created } = await admin.pushJob({ body: { ...bodyOf(given), payload: JSON.parse(payload) } })
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    toast({ title: created ? `Pushed ${given.get('name')}` : 'A job has this key already' })
    // What somebody else has pushed is not told by its id.
    void navigate({ search: ({ new: _, ...before }) => (id === '' ? before : { ...before, id }), replace: true })
  })
  return (
    <Dialog title="Push a job" isOpen onClose={onClose} size="wide">
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField
          label="Function"
          name="name"
          hint="With a queue in its manifest"
          list="functions-with-jobs"
          autoComplete="off"
          autoFocus
          required
          value={name}
          onChange={({ target }) => setName(target.value.trim())}
          error={form.fieldErrors.name ?? (fn?.manifest?.queue === null ? 'It has no queue.' : undefined)}
        />
        <datalist id="functions-with-jobs">
          {data?.functions.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <div className="flex flex-col gap-1">
          <span className="font-medium">Payload</span>
          <div className="overflow-hidden rounded-control border border-control">
            <CodeEditor
              label="Payload"
              language="json"
              value={payload}
              onChange={setTyped}
              height="content"
              isInvalid={wrong !== null}
              describedBy={wrong === null ? undefined : 'payload-problem'}
            />
          </div>
          {wrong !== null && (
            <p id="payload-problem" className="text-sm text-danger-text">
              The payload is not JSON: {wrong}
            </p>
          )}
        </div>
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <TextField label="Delay" name="delay" hint="Like 10m; empty: now" error={form.fieldErrors.delay} />
          <TextField
            label="Priority"
            name="priority"
            type="number"
            min={-10}
            max={10}
            step={1}
            defaultValue={0}
            hint="From -10 to 10, higher ones first"
            error={form.fieldErrors.priority}
          />
          <TextField label="Key" name="key" hint="Unique among jobs that wait or run" error={form.fieldErrors.key} />
          <SelectField label="Where a job has that key" name="on_conflict" options={CONFLICTS} />
          <TextField
            label="Group"
            name="group"
            hint="Jobs of one group run one after the other"
            error={form.fieldErrors.group}
          />
        </div>
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Push
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** What is left empty is not sent. */
function bodyOf(given: FormData): PushJobInput['body'] {
  const text = (field: string) => String(given.get(field) ?? '').trim()
  const [delay, key, group] = [text('delay'), text('key'), text('group')]
  return {
    ...{ name: text('name'), priority: Number(text('priority')) },
    ...(delay !== '' && { delay }),
    ...(key !== '' && { key, on_conflict: text('on_conflict') as Conflict }),
    ...(group !== '' && { group }),
  }
}
