import type { Collection, Field, JsonValue, Schema, SchemaEdit } from '@koyalite/schema'
import { useState } from 'react'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'
import { type EnumValue, ValueList } from '../schema/value-list'
import { RemoveValueDialog } from '../schema-types/remove-value-dialog'
import { TypeValues, usesOf } from '../schema-types/type-values'

export interface FieldValuesProps {
  readonly model: Schema
  readonly collection: Collection
  readonly field: Field
}

const TEXTS: readonly string[] = ['string', 'text']
const NUMBERS: readonly string[] = ['int', 'float']

/** Whether a field of this type may list the values that it has. */
export function mayListValues(type: string): boolean {
  return TEXTS.includes(type) || NUMBERS.includes(type)
}

/** The values that a field may have: of its type, or its own. */
export function FieldValues({ model, collection, field }: FieldValuesProps) {
  const { enumName } = field
  if (enumName === undefined) return <OwnValues collection={collection} field={field} />
  const others = usesOf(model, enumName).filter((use) => use.collection !== collection.name || use.field !== field.name)
  return (
    <section aria-label="Values" className="flex flex-col gap-3">
      <h2 className="font-medium">
        Values of {enumName}
        {others.length > 0 && (
          <span className="font-normal text-text-2">
            , which {others.map((use) => `${use.collection}.${use.field}`).join(', ')}{' '}
            {others.length === 1 ? 'has' : 'have'} too
          </span>
        )}
      </h2>
      <TypeValues model={model} name={enumName} />
    </section>
  )
}

function OwnValues({ collection, field }: Omit<FieldValuesProps, 'model'>) {
  const { change, draft, reason } = useSchema()
  const [removed, setRemoved] = useState<EnumValue | null>(null)
  const at = { collection: collection.name, field: field.name }
  const edit = (one: SchemaEdit) => change((known) => ({ ...known, edits: addEdit(known.edits, one) }))
  const set = (options: Readonly<Record<string, JsonValue>>) => edit({ type: 'set_field', ...at, options })
  const values = field.validation.enum ?? []
  const without = (value: EnumValue) => values.filter((other) => other !== value)
  const isNew = draft.edits.some(
    (one) => one.type === 'add_field' && one.collection === at.collection && one.field === at.field,
  )
  return (
    <section aria-label="Values" className="flex flex-col gap-3">
      <h2 className="font-medium">
        Values
        {values.length === 0 && (
          <span className="font-normal text-text-2">: any. Add one to allow only those that are listed.</span>
        )}
      </h2>
      <ValueList
        owner={`${at.collection}.${at.field}`}
        values={values}
        isNumber={NUMBERS.includes(field.type)}
        reason={reason}
        lastReason={null}
        onAdd={(value) => set({ enum: [...values, value] })}
        onRename={(from, to) => edit({ type: 'rename_field_value', ...at, from, to })}
        onMove={(value, before) => {
          const others = without(value)
          const index = before === undefined ? others.length : others.indexOf(before)
          set({ enum: others.toSpliced(index, 0, value) })
        }}
        onRemove={(value) => {
          if (values.length === 1) set({ enum: null })
          else if (isNew) edit({ type: 'remove_field_value', ...at, value, replacement: null })
          else setRemoved(value)
        }}
      />
      {removed !== null && (
        <RemoveValueDialog
          owner={`${at.collection}.${at.field}`}
          value={removed}
          others={without(removed)}
          uses={[at]}
          onClose={() => setRemoved(null)}
          removal={(replacement) => ({ type: 'remove_field_value', ...at, value: removed, replacement })}
          onRemove={edit}
        />
      )}
    </section>
  )
}
