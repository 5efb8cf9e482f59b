/** Documents in memory, with as much of the API as a host of functions has to get right. */
export type Document = Record<string, unknown> & { readonly id: string }

export interface Reply {
  readonly status: number
  readonly body?: unknown
}

interface Request {
  readonly method: string
  readonly collection: string
  readonly id: string | undefined
  readonly query: URLSearchParams
  readonly body: unknown
}

export class FakeDocuments {
  readonly collections = new Map<string, Map<string, Document>>()
  /** How often each collection was written. */
  readonly versions = new Map<string, number>()

  of(collection: string): Map<string, Document> {
    const existing = this.collections.get(collection)
    if (existing !== undefined) return existing
    const documents = new Map<string, Document>()
    this.collections.set(collection, documents)
    return documents
  }

  version(collection: string): number {
    return this.versions.get(collection) ?? 0
  }

  handle(request: Request): Reply {
    return request.method === 'GET' ? this.read(request) : this.write(request)
  }

  read({ collection, id, query }: Request): Reply {
    const documents = this.of(collection)
    if (id !== undefined) return found(documents.get(id))
    const limit = Number(query.get('limit') ?? 20)
    const filter = Object.entries(JSON.parse(query.get('filter') ?? '{}'))
    const all = [...documents.values()].filter((document) => filter.every(([name, value]) => document[name] === value))
    const total = query.get('count') === 'true' ? { total: all.length } : {}
    return {
      status: 200,
      body: { docs: all.slice(0, limit), next_cursor: all.length > limit ? 'more' : null, ...total },
    }
  }

  write({ method, collection, id = crypto.randomUUID(), body }: Request): Reply {
    const documents = this.of(collection)
    const before = documents.get(id)
    if (before === undefined && method !== 'POST' && method !== 'PUT') return found(undefined)
    this.versions.set(collection, this.version(collection) + 1)
    if (method === 'DELETE') {
      documents.delete(id)
      return { status: 204 }
    }
    const given = body as Record<string, unknown>
    if (given.title === '') {
      const detail = { field: 'title', code: 'minLength', message: "'title' is empty" }
      return refused(422, { code: 'VALIDATION_ERROR', message: detail.message, details: [detail] })
    }
    const document = { ...(method === 'PATCH' ? patched(before, given) : given), id: String(given.id ?? id) }
    documents.set(document.id, document)
    return { status: method === 'POST' ? 201 : 200, body: document }
  }
}

export function refused(
  status: number,
  error: { readonly code: string; readonly message: string; readonly details?: unknown },
): Reply {
  return { status, body: { error: { details: [], ...error } } }
}

function found(document: Document | undefined): Reply {
  return document === undefined
    ? refused(404, { code: 'NOT_FOUND', message: 'there is no such document' })
    : { status: 200, body: document }
}

function patched(before: Document | undefined, patch: Record<string, unknown>): object {
  const changed = Object.entries(patch).map(([name, value]) => {
    const inc = (value as { readonly $inc?: number } | null)?.$inc
    return [name, inc === undefined ? value : Number(before?.[name] ?? 0) + inc]
  })
  return { ...before, ...Object.fromEntries(changed) }
}
