import type { ListCollectionsResponse } from '@koyalite/client/admin'
import type { RulesDraft } from './policy-draft'
import { AddFor } from './policy-editors'
import { RuleEditor } from './rule-editor'
import { type CollectionModel, ruleTemplates } from './rule-templates'

type Fields = RulesDraft['fields']

/** Rules of single fields, of those that have one. */
export function FieldEditors({
  model,
  schema,
  fields,
  served,
  reason,
  onChange,
}: {
  readonly model: CollectionModel
  readonly schema: ListCollectionsResponse
  readonly fields: Fields
  /** As they are served. */
  readonly served: Fields
  readonly reason: string | null
  readonly onChange: (fields: Fields) => void
}) {
  const others = model.fields.filter(({ name, internal }) => !internal && fields[name] === undefined)
  return (
    <>
      {Object.keys(fields).length === 0 && <p className="text-text-3">No field has rules of its own.</p>}
      {Object.entries(fields).map(([field, rules]) => (
        <fieldset key={field} className="flex flex-col gap-3 rounded-panel border border-line p-4">
          <legend className="px-1 font-medium">{field}</legend>
          {(['read', 'write'] as const).map((how) => (
            <RuleEditor
              key={how}
              label={`${how} ${field}`}
              place={{ collection: model.name, operation: how === 'read' ? 'read' : 'create' }}
              value={rules[how]}
              reason={reason}
              placeholder={`no rule: all who may ${how} the document`}
              templates={ruleTemplates(model, schema, how === 'read' ? 'read' : 'create')}
              isChanged={(served[field]?.[how] ?? '').trim() !== rules[how].trim()}
              onChange={(text) => onChange({ ...fields, [field]: { ...rules, [how]: text } })}
            />
          ))}
        </fieldset>
      ))}
      {reason === null && (
        <AddFor
          label="Add rules for a field"
          names={others.map(({ name }) => name)}
          onAdd={(field) => onChange({ ...fields, [field]: { read: '', write: '' } })}
        />
      )}
    </>
  )
}
