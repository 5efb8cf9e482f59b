import type { Schema, SchemaEdit } from '@koyalite/schema'
import { useState } from 'react'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'
import { type EnumValue, ValueList } from '../schema/value-list'
import { RemoveValueDialog } from './remove-value-dialog'

export interface FieldUse {
  readonly collection: string
  readonly field: string
}

/** The values of a type. */
export function TypeValues({ model, name }: { readonly model: Schema; readonly name: string }) {
  const { change, reason } = useSchema()
  const [removed, setRemoved] = useState<EnumValue | null>(null)
  const edit = (one: SchemaEdit) => change((draft) => ({ ...draft, edits: addEdit(draft.edits, one) }))
  const values = model.enums.get(name)?.values ?? []
  const uses = usesOf(model, name)
  return (
    <>
      <ValueList
        owner={name}
        values={values}
        reason={reason}
        lastReason="A type has at least one value."
        onAdd={(value) => edit({ type: 'add_value', enum: name, value: String(value) })}
        onRename={(from, to) => edit({ type: 'rename_value', enum: name, from: String(from), to: String(to) })}
        onMove={(value, before) =>
          edit({
            ...{ type: 'move_value', enum: name, value: String(value) },
            ...(before !== undefined && { before: String(before) }),
          })
        }
        onRemove={(value) =>
          uses.length === 0
            ? edit({ type: 'remove_value', enum: name, value: String(value), replacement: null })
            : setRemoved(value)
        }
      />
      {removed !== null && (
        <RemoveValueDialog
          owner={name}
          value={removed}
          others={values.filter((value) => value !== removed)}
          uses={uses}
          onClose={() => setRemoved(null)}
          removal={(replacement) => ({
            ...{ type: 'remove_value', enum: name, value: String(removed) },
            replacement: replacement === null ? null : String(replacement),
          })}
          onRemove={edit}
        />
      )}
    </>
  )
}

/** The fields that have a type. */
export function usesOf(model: Schema, name: string): readonly FieldUse[] {
  return [...model.collections.values()].flatMap((collection) =>
    [...collection.fields.values()]
      .filter(({ enumName }) => enumName === name)
      .map((field) => ({ collection: collection.name, field: field.name })),
  )
}
