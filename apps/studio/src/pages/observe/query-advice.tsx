import type { ListQueriesResponse } from '@koyalite/client/admin'
import { Link } from '@tanstack/react-router'
import { durationText } from '../../kit/quantities'

export type QueryStatistic = ListQueriesResponse['queries'][number]

/** How lists of one shape are read, in sentences, and the index that would help. */
export function QueryAdvice({ query }: { readonly query: QueryStatistic }) {
  const { count, mean_ms, max_ms, slow, advice } = query
  return (
    <div className="flex flex-col gap-3">
      <p className="text-text-2">
        Read {count.toLocaleString('en')} {count === 1 ? 'time' : 'times'} since the start: {durationText(mean_ms)} on
        average, {durationText(max_ms)} at most
        {slow > 0 && `, ${slow.toLocaleString('en')} slower than 100 ms`}.
      </p>
      {advice !== null && (
        <>
          {advice.plan.length > 0 && (
            <ul className="flex list-disc flex-col gap-1 pl-5">
              {advice.plan.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
          {advice.indexes.map((index) => (
            <div key={index.line} className="flex flex-col items-start gap-2">
              <AddIndex collection={index.collection} fields={index.fields} />
              <details className="w-full text-sm text-text-2">
                <summary>or in schema.yaml</summary>
                <p className="mt-1">Below {index.place}:</p>
                <pre className="overflow-x-auto rounded-panel bg-sunken px-3 py-2 font-mono text-code text-text">
                  {index.line}
                </pre>
              </details>
            </div>
          ))}
          {advice.indexes.length > 0 && advice.after !== undefined && advice.after.length > 0 && (
            <p className="text-text-2">With it: {advice.after.join(' ')}</p>
          )}
          {advice.obstacles.map((obstacle) => (
            <p key={obstacle} className="text-text-2">
              {obstacle}
            </p>
          ))}
          {advice.sql !== undefined && (
            <details className="text-text-2">
              <summary>SQL</summary>
              <pre className="mt-2 max-h-[320px] overflow-auto rounded-panel bg-sunken px-3 py-2 font-mono text-code break-words whitespace-pre-wrap text-text">
                {advice.sql}
              </pre>
            </details>
          )}
        </>
      )}
    </div>
  )
}

/** Leads to the index, prepared on the page of the schema. */
function AddIndex({ collection, fields }: { readonly collection: string; readonly fields: readonly string[] }) {
  return (
    <Link
      to="/schema/$collection"
      params={{ collection }}
      search={{ tab: 'indexes', add: fields.join(',') }}
      className="inline-flex h-8 items-center rounded-control bg-accent px-3 font-medium text-on-accent hover:brightness-110"
    >
      Add index on {fields.join(', ')}
    </Link>
  )
}
