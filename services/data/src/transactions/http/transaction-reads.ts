import type { ApiRequest } from '@koyalite/kernel'
import { EVERYTHING, type ListQuery, liveDependencies, parseGetQuery, queryShape } from '@koyalite/query'
import { auditedReads } from '../../audit/audited-read'
import type { Caller } from '../../caller'
import type { DataContext } from '../../data-context'
import { parseListRead } from '../../http/list-query'
import { pageText } from '../../http/page-text'
import { collectionName, documentName } from '../../http/route-parameters'
import { compiledPage } from '../../operations/compiled-page'
import { auditedGet, documentStatement, findDocument } from '../../operations/get-document'
import { requireVisible, targetDocument } from '../../operations/target-document'
import type { TransactionRead } from '../transaction'

/** `GET …/:collection` */
export function listRead(request: ApiRequest): TransactionRead {
  const [collection, params] = [collectionName(request), request.query]
  return {
    name: `${collection}.list`,
    prepare(context, caller) {
      const { query, asked } = parseListRead(context, caller, { collection, params })
      request.reportQuery(queryShape(query))
      const page = compiledPage(context, caller, query)
      return {
        looksAt: lookedAt(context, caller, query),
        statements: page.statements,
        run(source) {
          const { keys, ...found } = page.run(source)
          const isAudited = context.audited.shownBy.has(collection)
          const read = { how: 'listed', asked, keys, texts: found.docs } as const
          return {
            text: pageText(found),
            whole: null,
            documents: found.docs.length,
            audited: isAudited ? auditedReads(context, query, read) : [],
          }
        },
      }
    },
  }
}

/** `GET …/:collection/:id` */
export function documentRead(request: ApiRequest): TransactionRead {
  const [name, params] = [documentName(request), request.query]
  return {
    name: `${name.collection}.get`,
    prepare(context, caller) {
      const target = targetDocument(context, caller, name)
      // Before the parameters are parsed: their errors would reveal that the document exists.
      requireVisible(target, 'read')
      const { collection } = target.model
      const query = parseGetQuery(context.schema, collection, params, caller.access.read)
      const asked = params.size === 0 ? null : params.toString()
      const statement = documentStatement(target, query)
      return {
        looksAt: lookedAt(context, caller, { ...query, collection, condition: EVERYTHING, sort: [] }),
        statements: [statement],
        run(source) {
          const found = findDocument(source, target, statement)
          const { document, whole } = found
          return { text: document, whole, documents: 1, audited: auditedGet(target, { query, asked }, found) }
        },
      }
    },
  }
}

type LookingQuery = Pick<ListQuery, 'collection' | 'condition' | 'sort' | 'projection'>

function lookedAt({ schema }: DataContext, { access }: Caller, query: LookingQuery): ReadonlySet<string> {
  const { looksAt, shows } = liveDependencies(schema, query, access.read)
  return new Set([query.collection.name, ...looksAt.keys(), ...shows.map(({ collection }) => collection)])
}
