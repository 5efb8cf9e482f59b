import type { GetRequestResponse } from '@koyalite/client/admin'
import { durationText } from '../../kit/quantities'

export interface RequestStatementsProps {
  /** Null where nobody looked when the request came. */
  readonly statements: GetRequestResponse['statements']
  /** Of the whole request. */
  readonly ms: number
}

/** What a request did in the database, statement by statement, and how long each took. */
export function RequestStatements({ statements, ms }: RequestStatementsProps) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-md font-semibold">In the database</h3>
      {statements === null ? (
        <p className="text-text-2">
          Statements are timed while somebody looks at the requests. Send it again to see what it does.
        </p>
      ) : statements.count === 0 ? (
        <p className="text-text-2">It ran no statement: what it needed was known.</p>
      ) : (
        <Statements statements={statements} ms={ms} />
      )}
    </section>
  )
}

function Statements({
  statements,
  ms,
}: {
  readonly statements: NonNullable<RequestStatementsProps['statements']>
  readonly ms: number
}) {
  const { list, count } = statements
  return (
    <>
      <p className="text-text-2">
        {count === 1 ? 'One statement' : `${count.toLocaleString('en')} statements`}, {durationText(statements.ms)} of{' '}
        {durationText(ms)}.{count > list.length && ` The first ${list.length}:`}
      </p>
      <ol className="flex flex-col divide-y divide-line rounded-panel border border-line">
        {list.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same statement may run twice
          <li key={index} className="flex flex-col gap-1 px-3 py-2">
            <div className="flex items-baseline gap-3 text-sm text-text-3">
              <span className="font-medium text-text">{durationText(one.ms)}</span>
              <span>
                {one.rows.toLocaleString('en')} {one.rows === 1 ? 'row' : 'rows'}
              </span>
              <Share of={statements.ms} ms={one.ms} />
            </div>
            <Sql text={one.sql} />
          </li>
        ))}
      </ol>
    </>
  )
}

/** How much of the time in the database it took, as a bar beside the number. */
function Share({ ms, of }: { readonly ms: number; readonly of: number }) {
  const percent = of === 0 ? 0 : Math.round((100 * ms) / of)
  return (
    <span className="ml-auto flex items-center gap-2">
      <span aria-hidden="true" className="h-1 w-16 overflow-hidden rounded-full bg-sunken">
        <span className="block h-full bg-accent" style={{ width: `${percent}%` }} />
      </span>
      {percent} %
    </span>
  )
}

/** Long ones are cut to their beginning, until somebody opens them. */
function Sql({ text }: { readonly text: string }) {
  const line = text.replace(/\s+/g, ' ').trim()
  const code = 'font-mono text-code break-words'
  if (line.length <= SHORT) return <code className={code}>{line}</code>
  return (
    <details className="group">
      <summary className={`${code} list-none`}>
        <span className="group-open:hidden">{line.slice(0, SHORT)} …</span>
        <span className="hidden text-text-3 group-open:inline">Show less</span>
      </summary>
      <code className={`${code} whitespace-pre-wrap`}>{text}</code>
    </details>
  )
}

const SHORT = 160
