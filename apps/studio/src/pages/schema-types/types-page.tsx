import type { Schema, SchemaEdit } from '@koyalite/schema'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { Page } from '../../kit/page'
import { EmptyState } from '../../kit/states'
import { useKeys } from '../../shell/keyboard'
import { nameProblem } from '../schema/name-problem'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'
import { CommittedField } from '../schema-collection/committed-field'
import { NewTypeDialog } from './new-type-dialog'
import { TypeValues, usesOf } from './type-values'

/** Named enums: their values, in order, and the fields that have them. */
export function TypesPage() {
  const { model, reason } = useSchema()
  const [isNew, setNew] = useState(false)
  useKeys(reason === null ? { new: () => setNew(true) } : {})
  const types = [...(model?.enums.values() ?? [])]
  const newType = (
    <Button kind="primary" title="N" reason={reason} onClick={() => setNew(true)}>
      Add a type
    </Button>
  )
  return (
    <Page title="Types" actions={types.length > 0 && newType}>
      {types.length === 0 && (
        <EmptyState title="A type is a list of values that fields share">
          <p>
            A status that is draft or out, a size that is small or large: name the values once, and choose the type for
            as many fields as there are.
          </p>
          {newType}
        </EmptyState>
      )}
      {model !== null && types.map((type) => <TypeCard key={type.name} model={model} name={type.name} />)}
      {isNew && <NewTypeDialog onClose={() => setNew(false)} />}
    </Page>
  )
}

interface TypeCardProps {
  readonly model: Schema
  readonly name: string
}

function TypeCard({ model, name }: TypeCardProps) {
  const { change, reason } = useSchema()
  const isOff = reason !== null
  const edit = (one: SchemaEdit) => change((draft) => ({ ...draft, edits: addEdit(draft.edits, one) }))
  const uses = usesOf(model, name)
  return (
    <section aria-label={name} className="flex flex-col gap-3 rounded-panel border border-line p-4">
      <div className="flex flex-wrap items-end gap-3">
        <CommittedField
          label="Type"
          value={name}
          isOff={isOff}
          check={(to) =>
            nameProblem(
              to,
              [...model.enums.keys()].filter((other) => other !== name),
              'type',
            )
          }
          commit={(to) => edit({ type: 'rename_enum', from: name, to })}
        />
        <p className="flex-1 pb-1.5 text-text-2">
          {uses.length === 0 ? 'No field has it.' : 'Of '}
          {uses.map(({ collection, field }, i) => (
            <span key={`${collection}.${field}`}>
              {i > 0 && ', '}
              <Link
                to="/schema/$collection"
                params={{ collection }}
                search={{ field }}
                className="text-link hover:underline"
              >
                {collection}.{field}
              </Link>
            </span>
          ))}
        </p>
        <Button
          kind="quiet"
          reason={reason ?? (uses.length > 0 ? 'Fields have this type.' : null)}
          onClick={() => edit({ type: 'drop_enum', enum: name })}
        >
          Drop type
        </Button>
      </div>
      <TypeValues model={model} name={name} />
    </section>
  )
}
