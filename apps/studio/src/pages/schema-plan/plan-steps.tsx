import type { PlanSchemaResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'
import { ListTable } from '../../kit/list-table'
import { useSchema } from '../schema/schema-context'
import { CommittedField } from '../schema-collection/committed-field'
import { planSummary } from './plan-summary'

type Step = PlanSchemaResponse['steps'][number]

const RISKS: Readonly<Record<Step['risk'], readonly ['success' | 'plain' | 'warning' | 'danger', string]>> = {
  none: ['success', 'safe'],
  renames: ['plain', 'keeps data; programs need the new name'],
  checks_data: ['warning', 'documents have to fit'],
  changes_data: ['warning', 'changes documents'],
  loses_data: ['danger', 'loses data'],
}

/** The steps of a plan, with what they do to documents. */
export function PlanSteps({ plan }: { readonly plan: PlanSchemaResponse }) {
  const { change, draft, reason } = useSchema()
  if (plan.steps.length === 0) {
    return (
      <p className="text-text-2">
        {plan.source === plan.before ? 'The file stays as it is.' : 'No table changes: names, rules and comments only.'}
      </p>
    )
  }
  return (
    <section aria-label="Steps" className="flex flex-col gap-2">
      <h2 className="text-title font-semibold">What it does</h2>
      <p>{planSummary(plan.steps)}</p>
      <ListTable
        label="Steps of the plan"
        rows={plan.steps}
        keyOf={({ change }) => change}
        columns={[
          { name: 'Step', cell: (step) => <code className="font-mono text-code">{step.change}</code> },
          {
            name: 'Risk',
            cell: ({ risk, reason: why }) => (
              <span className="flex flex-wrap items-center gap-2">
                <Badge kind={RISKS[risk][0]}>{RISKS[risk][1]}</Badge>
                {why !== null && <span className="text-text-2">{why}</span>}
              </span>
            ),
          },
          { name: 'Documents', isNumber: true, cell: ({ documents }) => numberText(documents) },
          { name: 'Concerned', isNumber: true, cell: ({ concerned }) => numberText(concerned) },
        ]}
      />
      {plan.steps.filter(asksForFill).map(({ collection, field, fill }) => {
        const key = `${collection}.${field}`
        return (
          <CommittedField
            key={key}
            label={`Value of ${key} for documents that there are already`}
            hint="An SQL expression over the document as it was, such as 'Paris' or coalesce(age, 0). Left empty, the migration file has a proposal."
            value={draft.fills[key] ?? fill ?? ''}
            isOff={reason !== null}
            isCode
            commit={(text) =>
              change((known) => {
                const { [key]: _, ...others } = known.fills
                return { ...known, fills: text === '' ? others : { ...others, [key]: text } }
              })
            }
          />
        )
      })}
    </section>
  )
}

/** A value that has to become another one: what it becomes is for people to say. */
function asksForFill({ risk, field }: Step): boolean {
  return field !== null && (risk === 'changes_data' || risk === 'checks_data')
}

function numberText(count: number | null): string {
  return count === null ? '–' : count.toLocaleString('en')
}
