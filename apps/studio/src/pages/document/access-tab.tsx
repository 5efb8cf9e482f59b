import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { DocumentRef } from '../../fields/documents'
import type { CollectionInfo } from '../../fields/field'
import type { Actor } from '../../kit/actor'
import { ActorPicker } from '../../kit/actor-picker'
import { Badge } from '../../kit/badge'
import { useSession } from '../../session/session-context'

const OPERATIONS = ['read', 'update', 'delete'] as const
type Operation = (typeof OPERATIONS)[number]

interface AccessTabProps {
  readonly collection: CollectionInfo
  readonly documentRef: DocumentRef
}

/** What anonymous callers, and any user, may do with this document: the rules decide it here as they do for a request. */
export function AccessTab({ collection, documentRef }: AccessTabProps) {
  const [actor, setActor] = useState<Exclude<Actor, 'operator'>>('anonymous')
  return (
    <div className="flex flex-col gap-4">
      <ActorPicker
        label="Asked as"
        value={actor}
        onChange={(next) => next !== 'operator' && setActor(next)}
        offersOperator={false}
        actsAsUser={false}
      />
      <ul className="flex flex-col">
        {OPERATIONS.map((operation) => (
          <Decision key={operation} {...{ operation, actor, documentRef, collection }} />
        ))}
      </ul>
      <p className="text-sm text-text-3">Operators and service keys are not bound by rules.</p>
    </div>
  )
}

interface DecisionProps extends AccessTabProps {
  readonly operation: Operation
  readonly actor: Exclude<Actor, 'operator'>
}

function Decision({ operation, actor, documentRef, collection }: DecisionProps) {
  const { admin } = useSession()
  const { key } = documentRef
  const isNumber = collection.fields.find(({ name }) => name === collection.key)?.type === 'int'
  const { data, error } = useQuery({
    queryKey: ['document', documentRef.collection, key, 'access', actor, operation],
    queryFn: () =>
      admin.explainRules({
        body: { collection: documentRef.collection, operation, as: actor, id: isNumber ? Number(key) : key },
      }),
  })
  return (
    <li className="flex flex-col gap-1 border-b border-line py-2">
      <div className="flex items-center gap-2">
        <span className="w-16 font-medium">{operation}</span>
        {data?.document != null && (
          <Badge kind={data.document.allowed ? 'success' : 'danger'}>
            {data.document.allowed ? 'allowed' : 'denied'}
          </Badge>
        )}
        <span className="flex-1" />
        <Link
          to="/policies/test"
          search={{ actor, op: operation, collection: documentRef.collection, key }}
          className="text-sm text-link hover:underline"
        >
          Which part decides
        </Link>
      </div>
      {error !== null && <p className="text-sm text-danger-text">Not known: {error.message}</p>}
      {data !== undefined && <p className="text-sm text-text-2">{data.summary}</p>}
      {[...new Set(data?.rules.flatMap(({ kind, source }) => (kind === 'field' ? [] : [source])))].map((source) => (
        <code key={source} className="font-mono text-code break-words text-text-2">
          {source}
        </code>
      ))}
    </li>
  )
}
