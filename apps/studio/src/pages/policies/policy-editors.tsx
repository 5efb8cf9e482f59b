import type { ListCollectionsResponse } from '@koyalite/client/admin'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { SelectField } from '../../kit/select-field'
import { TextField } from '../../kit/text-field'
import { OPERATIONS } from './operations'
import { checkedOperation, type PolicyDraft } from './policy-draft'
import { RuleEditor } from './rule-editor'
import { type CollectionModel, ruleTemplates } from './rule-templates'

export interface PolicyEditorsProps {
  readonly model: CollectionModel
  readonly schema: ListCollectionsResponse
  readonly policies: readonly PolicyDraft[]
  /** As they are served. */
  readonly served: readonly PolicyDraft[]
  readonly reason: string | null
  readonly onChange: (policies: readonly PolicyDraft[]) => void
}

export function PolicyEditors({ model, schema, policies, served, reason, onChange }: PolicyEditorsProps) {
  return (
    <>
      {policies.length === 0 && <p className="text-text-3">None.</p>}
      {policies.map((policy) => (
        <PolicyEditor
          key={policy.name}
          model={model}
          schema={schema}
          policy={policy}
          served={served.find(({ name }) => name === policy.name)}
          reason={reason}
          onChange={(next) => onChange(policies.map((one) => (one.name === policy.name ? next : one)))}
          onRemove={() => onChange(policies.filter(({ name }) => name !== policy.name))}
        />
      ))}
      {reason === null && (
        <NewPolicy
          taken={policies.map(({ name }) => name)}
          onAdd={(name) => onChange([...policies, { name, on: ['read'], effect: 'permit', using: '', check: '' }])}
        />
      )}
    </>
  )
}

interface PolicyEditorProps extends Omit<PolicyEditorsProps, 'policies' | 'served' | 'onChange'> {
  readonly policy: PolicyDraft
  readonly served: PolicyDraft | undefined
  readonly onChange: (policy: PolicyDraft) => void
  readonly onRemove: () => void
}

function PolicyEditor({ model, schema, policy, served, reason, onChange, onRemove }: PolicyEditorProps) {
  const { name, on, effect } = policy
  const place = { collection: model.name, operation: checkedOperation(on) }
  const isWrite = on.includes('create') || on.includes('update')
  const shared = { place, reason, templates: ruleTemplates(model, schema, place.operation) }
  return (
    <fieldset className="flex flex-col gap-3 rounded-panel border border-line p-4">
      <legend className="px-1 font-medium">{name}</legend>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {reason === null ? (
          <>
            <select
              aria-label={`Effect of ${name}`}
              value={effect}
              onChange={({ target }) =>
                onChange({ ...policy, effect: target.value === 'permit' ? 'permit' : 'restrict' })
              }
              className="h-8 rounded-control border border-control bg-canvas px-2 max-sm:h-10"
            >
              <option value="permit">permits</option>
              <option value="restrict">restricts</option>
            </select>
            {OPERATIONS.map((operation) => (
              <label key={operation} className="flex items-center gap-1.5">
                <input
                  type="checkbox"
                  checked={on.includes(operation)}
                  onChange={({ target }) => {
                    const next = OPERATIONS.filter((one) => (one === operation ? target.checked : on.includes(one)))
                    // A policy is about something.
                    if (next.length > 0) onChange({ ...policy, on: next })
                  }}
                />
                {operation}
              </label>
            ))}
          </>
        ) : (
          <Badge>
            {effect} {on.join(', ')}
          </Badge>
        )}
        {served === undefined && <span className="text-sm text-link">new</span>}
        <span className="flex-1" />
        {reason === null && (
          <Button kind="quiet" onClick={onRemove}>
            Drop
          </Button>
        )}
      </div>
      <RuleEditor
        {...shared}
        label={`using of ${name}`}
        value={policy.using}
        placeholder="the stored document may be any"
        isChanged={served !== undefined && served.using.trim() !== policy.using.trim()}
        onChange={(using) => onChange({ ...policy, using })}
      />
      {isWrite && (
        <RuleEditor
          {...shared}
          label={`check of ${name}`}
          value={policy.check}
          placeholder="the same of the document as it would be"
          isChanged={served !== undefined && served.check.trim() !== policy.check.trim()}
          onChange={(check) => onChange({ ...policy, check })}
        />
      )}
    </fieldset>
  )
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/

function NewPolicy({ taken, onAdd }: { readonly taken: readonly string[]; readonly onAdd: (name: string) => void }) {
  const [name, setName] = useState('')
  const error = problemOf(name, taken)
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (name === '' || error !== undefined) return
        onAdd(name)
        setName('')
      }}
    >
      <TextField
        label="Add a policy"
        placeholder="only_verified"
        value={name}
        error={error}
        onChange={({ target }) => setName(target.value)}
        className="w-[240px]"
      />
      <Button type="submit" reason={name === '' ? 'Give it a name first.' : (error ?? null)} className="mt-6">
        Add
      </Button>
    </form>
  )
}

function problemOf(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return undefined
  if (taken.includes(name)) return `There is a policy ${name} already.`
  return NAME.test(name) ? undefined : 'Small letters, digits and _, with a letter first.'
}

/** Chooses one of some names, to add something for it. */
export function AddFor({
  label,
  names,
  onAdd,
}: {
  readonly label: string
  readonly names: readonly string[]
  readonly onAdd: (name: string) => void
}) {
  if (names.length === 0) return null
  return (
    <SelectField
      label={label}
      value=""
      options={[{ value: '', text: 'Choose…' }, ...names.map((name) => ({ value: name, text: name }))]}
      onChange={({ target }) => target.value !== '' && onAdd(target.value)}
      className="w-[240px]"
    />
  )
}
