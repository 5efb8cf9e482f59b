import { errorOf } from '@koyalite/client/admin'
import { isList, isObject, type Json, type JsonObject, parseExact } from '../../fields/exact-json'
import type { PositionMap } from '../../grid/page-starts'
import { type PageRequest, RowWindow } from '../../grid/row-window'
import type { OperatorSession } from '../../session/operator-session'
import { keysAddress, type ListRequest, mapAddress, pageAddress } from './list-request'
import { shownAs } from './shown-as'

/** Lists that one may come back to, with where they were. */
const MAX_SOURCES = 4

const sources = new WeakMap<OperatorSession, Map<string, RowWindow<JsonObject>>>()

/** The documents of a list. Asked for again, it is the same one, so that Back finds the rows where they were. @param operator whose rights they were read with */
export function documentSource(
  session: OperatorSession,
  operator: string,
  request: ListRequest,
): RowWindow<JsonObject> {
  const known = sources.get(session) ?? new Map<string, RowWindow<JsonObject>>()
  sources.set(session, known)
  const name = JSON.stringify([operator, request])
  const source = known.get(name) ?? createSource(session, request)
  known.delete(name)
  known.set(name, source)
  for (const [old, one] of known) {
    if (known.size <= MAX_SOURCES) break
    known.delete(old)
    one.close()
  }
  return source
}

function createSource(session: OperatorSession, request: ListRequest): RowWindow<JsonObject> {
  const read = (address: string, signal: AbortSignal) => readAs(session, request, address, signal)
  return new RowWindow<JsonObject>({
    async fetchPage(page: PageRequest, signal) {
      const text = await (await read(pageAddress(request, page), signal)).text()
      // Previews name what would be rounded; whole documents do not.
      const body = page.detail === 'whole' ? parseExact(text) : JSON.parse(text)
      if (!isObject(body)) throw new TypeError('a list has no documents')
      const { docs, next_cursor: next } = body
      return { rows: isList(docs) ? docs.filter(isObject) : [], next: typeof next === 'string' ? next : null }
    },
    async fetchMap(signal) {
      return (await (await read(mapAddress(request), signal)).json()) as PositionMap
    },
    keyOf: (doc) => keyText(doc[request.key]),
    isWhole: (doc, columns) => columns.every((column) => shownAs(doc, column)?.bytes === undefined),
  })
}

/** Documents of a list by their keys, with what is shown of them. */
export async function readShown(
  session: OperatorSession,
  request: ListRequest,
  keys: readonly Json[],
): Promise<readonly JsonObject[]> {
  const response = await readAs(session, request, keysAddress(request, keys))
  const body: Json = JSON.parse(await response.text())
  return isObject(body) && isList(body.docs) ? body.docs.filter(isObject) : []
}

async function readAs(
  session: OperatorSession,
  { as }: ListRequest,
  address: string,
  signal?: AbortSignal,
): Promise<Response> {
  const headers = as === 'operator' ? {} : { 'koyalite-as': as }
  const response = await session.fetch(address, { headers, ...(signal && { signal }) })
  if (!response.ok) throw await errorOf(response)
  return response
}

/** A key as it stands in addresses. */
function keyText(key: unknown): string {
  return typeof key === 'string' ? key : String(key)
}
