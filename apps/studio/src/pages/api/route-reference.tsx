import { ScrollRegion } from '../../kit/scroll-region'
import type { CollectionModel } from './snippets/call'

const ROUTES: readonly (readonly [method: string, path: string, meaning: string])[] = [
  ['GET', '', 'a list: filter, where, params, sort, limit, cursor, count, expand, fields'],
  ['GET', '/aggregate', 'counts, sums and more, in groups'],
  ['GET', '/live', 'a list that stays current, as server-sent events'],
  ['GET', '/~:key', 'one document: expand, fields'],
  ['POST', '', 'creates a document, or with an array all of them or none'],
  ['PATCH', '/~:key', 'updates the fields that are sent; If-Match'],
  ['PUT', '/~:key', 'creates or replaces the document with the key'],
  ['DELETE', '/~:key', 'deletes the document'],
]

/** Every request that the collection takes. */
export function RouteReference({ model: { name } }: { readonly model: CollectionModel }) {
  return (
    <section aria-labelledby="routes" className="flex flex-col gap-2">
      <h2 id="routes" className="text-title font-semibold">
        Requests
      </h2>
      <ScrollRegion label="Table of requests" className="rounded-panel border border-line">
        <table className="w-full text-left">
          <tbody className="divide-y divide-line">
            {ROUTES.map(([method, path, meaning]) => (
              <tr key={method + path}>
                <th scope="row" className="px-3 py-2 font-mono text-code font-normal whitespace-nowrap">
                  {method} /api/collections/{name}
                  {path}
                </th>
                <td className="min-w-[260px] px-3 py-2 text-text-2">{meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  )
}
