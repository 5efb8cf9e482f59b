import { Link } from '@tanstack/react-router'
import { CopyField } from '../../kit/copy-field'
import type { StatementResult } from './run-sql'

/** How a statement reads, step by step, and which index would help. */
export function PlanView({ plan }: { readonly plan: NonNullable<StatementResult['plan']> }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have no mouse
    <section aria-label="Plan" tabIndex={0} className="flex h-full flex-col gap-4 overflow-y-auto p-4">
      <ol className="flex flex-col gap-2">
        {plan.steps.map(({ detail, depth, text, slow }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other name
          <li key={at} style={{ paddingLeft: depth * 20 }}>
            <p className={slow ? 'text-warning-text' : ''}>
              {slow && <span aria-hidden="true">▲ </span>}
              {text}
            </p>
            <p className="font-mono text-sm break-words text-text-3">{detail}</p>
          </li>
        ))}
      </ol>
      {plan.advice.map(({ collection, fields, line }) => (
        <div key={line} className="flex max-w-[640px] flex-col gap-2 rounded-panel bg-warning-soft p-4">
          <p className="font-medium text-warning-text">With an index of {collection} it reads less</p>
          <Link
            to="/schema/$collection"
            params={{ collection }}
            search={{ tab: 'indexes', add: fields.join(',') }}
            className="inline-flex h-8 items-center self-start rounded-control bg-accent px-3 font-medium text-on-accent hover:brightness-110 max-sm:h-10"
          >
            Add index on {fields.join(', ')}
          </Link>
          <p className="text-sm">Or add the line to `indexes` of {collection} in schema.yaml:</p>
          <CopyField label="Index" text={line} />
        </div>
      ))}
      {plan.advice.length === 0 && plan.steps.some(({ slow }) => slow) && (
        <p className="text-sm text-text-2">No index of one or two fields would change this.</p>
      )}
    </section>
  )
}
