import type { ExplainRulesResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'
import { classNames } from '../../kit/class-names'
import { decidingCalls, decidingRanges, decidingValues, type Segment, segmentsOf } from './deciding-ranges'

export type ExplainedRule = ExplainRulesResponse['rules'][number]
type Part = NonNullable<ExplainedRule['outcome']>

/** One rule of an operation: how it came out, which part decided, and its SQL. */
export function RuleOutcome({ rule }: { readonly rule: ExplainedRule }) {
  const { outcome, source, sql } = rule
  const values = outcome === null ? {} : decidingValues(outcome)
  return (
    <li className="flex flex-col gap-2 rounded-panel border border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Result rule={rule} />
        <span className="font-medium">{nameOf(rule)}</span>
        <span className="text-sm text-text-3">
          {ABOUT[rule.about]} · schema.yaml:{rule.line}
        </span>
      </div>
      <Source text={source} part={outcome} />
      {outcome !== null &&
        decidingCalls(outcome).map((call) => {
          const definition = rule.definitions.find(({ signature }) => signature.startsWith(`${call.calls}(`))
          if (definition === undefined) return null
          return (
            <div key={`${call.start}`} className="border-l-2 border-line pl-3">
              <p className="text-sm text-text-2">
                where <code className="font-mono">{definition.signature}</code> is
              </p>
              <Source
                text={definition.source}
                part={{ ...call, calls: null, start: 0, end: definition.source.length }}
              />
            </div>
          )
        })}
      {Object.keys(values).length > 0 && (
        <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 font-mono text-code">
          {Object.entries(values).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-text-2">{name}</dt>
              <dd className="min-w-0 break-words">{shown(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {rule.warnings.map((warning) => (
        <p key={warning} className="text-sm text-warning-text">
          {warning}
        </p>
      ))}
      {sql !== null && (
        <details>
          <summary className="text-sm text-text-2 hover:text-text">SQL</summary>
          <div className="mt-1 rounded-panel bg-sunken px-3 py-2">
            <code className="block font-mono text-code break-words whitespace-pre-wrap">{sql.text}</code>
            {sql.params.length > 0 && (
              <p className="mt-1 font-mono text-code break-words text-text-2">
                {sql.params.map((value, index) => `?${index + 1} = ${shown(value)}`).join(', ')}
              </p>
            )}
          </div>
        </details>
      )}
    </li>
  )
}

/** What the two halves of an update are called in schema.yaml. */
const ABOUT = { stored: 'using: the stored document', resulting: 'check: the document as it would be' } as const

function nameOf({ kind, name }: ExplainedRule): string {
  if (kind === 'field') return `field ${name}`
  if (name === null) return 'rule'
  return `${kind} ${name}`
}

function Result({ rule: { outcome, comes_to } }: { readonly rule: ExplainedRule }) {
  if (outcome === null) {
    if (comes_to === 'depends') return <Badge>depends</Badge>
    return comes_to === 'always' ? <Badge kind="success">always holds</Badge> : <Badge kind="danger">never holds</Badge>
  }
  if (outcome.result === true) return <Badge kind="success">holds</Badge>
  return <Badge kind="danger">{outcome.result === 'error' ? 'error, so it denies' : 'does not hold'}</Badge>
}

/** A source, with the parts that decided underlined. */
function Source({ text, part }: { readonly text: string; readonly part: Part | null }) {
  const segments: readonly Segment[] = part === null ? [{ text, result: null }] : segmentsOf(text, decidingRanges(part))
  let offset = 0
  return (
    <code className="block font-mono text-code break-words whitespace-pre-wrap">
      {segments.map(({ text: words, result }) => {
        const key = offset
        offset += words.length
        if (result === null) return <span key={key}>{words}</span>
        return (
          <mark
            key={key}
            title={result === true ? 'holds' : result === 'error' ? 'is an error' : 'is false'}
            className={classNames(
              'rounded-mark underline decoration-2 underline-offset-4',
              result === true
                ? 'bg-success-soft text-success-text'
                : 'bg-danger-soft text-danger-text decoration-wavy decoration-1',
            )}
          >
            {words}
          </mark>
        )
      })}
    </code>
  )
}

const MAX_SHOWN = 300

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
