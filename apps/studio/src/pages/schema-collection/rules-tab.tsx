import { type Collection, OPERATIONS, type Operation } from '@koyalite/schema'
import { useState } from 'react'
import { AppLink } from '../../kit/app-link'
import { Button } from '../../kit/button'
import { CodeEditor } from '../../kit/code/code-editor'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'

const IN_WORDS: Readonly<Record<Operation, string>> = {
  create: 'Who may create a document; doc is the new one',
  read: 'Who sees a document',
  update: 'Who may change a document; old is what it was',
  delete: 'Who may delete a document',
}

/** The short rules. Policies, tests and who may do what are in the area of their own. */
export function RulesTab({ collection }: { readonly collection: Collection }) {
  return (
    <div className="flex flex-col gap-5">
      <p className="text-text-2">
        Without a rule nobody but operators and service keys may do it.{' '}
        <AppLink href={`/policies/${encodeURIComponent(collection.name)}`} className="text-link underline">
          Policies, with a tester
        </AppLink>
      </p>
      {OPERATIONS.map((operation) => (
        <RuleEditor
          key={`${operation} ${collection.rules[operation]?.source ?? ''}`}
          collection={collection}
          operation={operation}
        />
      ))}
      {collection.policies.length > 0 && (
        <p className="text-text-2">
          And {collection.policies.length === 1 ? 'one policy' : `${collection.policies.length} policies`}:{' '}
          {collection.policies.map(({ name }) => name).join(', ')}.
        </p>
      )}
    </div>
  )
}

function RuleEditor({ collection, operation }: { readonly collection: Collection; readonly operation: Operation }) {
  const { change, reason } = useSchema()
  const rule = collection.rules[operation]?.source ?? ''
  const [text, setText] = useState(rule)
  const keep = () => {
    const source = text.trim() === '' ? null : text.trim()
    const edit = { type: 'set_rule', collection: collection.name, operation, rule: source } as const
    change((draft) => ({ ...draft, edits: addEdit(draft.edits, edit) }))
  }
  return (
    <section aria-label={operation} className="flex flex-col gap-1.5">
      <h2 className="flex items-baseline gap-2">
        <span className="font-medium">{operation}</span>
        <span className="text-sm text-text-3">{IN_WORDS[operation]}</span>
      </h2>
      <div className="overflow-hidden rounded-control border border-control">
        <CodeEditor
          label={`Rule for ${operation}`}
          language="cel"
          height="content"
          value={text}
          onChange={reason === null ? setText : undefined}
          onRun={keep}
          placeholder="no rule: closed"
        />
      </div>
      {text !== rule && (
        <div className="flex gap-2">
          <Button onClick={keep}>Add to the plan</Button>
          <Button kind="quiet" onClick={() => setText(rule)}>
            Revert
          </Button>
        </div>
      )}
    </section>
  )
}
