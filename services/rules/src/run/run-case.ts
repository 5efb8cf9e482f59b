import { OPERATIONS } from '@koyalite/schema'
import { denialsOf, explainOperation, plainRequest } from '../explain/explain-operation'
import type { RuleSandbox, SandboxRequest, SandboxResponse } from '../rules-context'
import type { BatchCase, DocumentCase, RuleCase } from '../test-file/test-file'

export interface CaseOutcome {
  readonly ok: boolean
  /** What is wrong, in a sentence; null where nothing is. */
  readonly message: string | null
  /** Why the rules decided so, where that is not what was expected. */
  readonly because: readonly string[]
  readonly status: number
}

/** Does what a case says through the API, and compares. `changed`: the documents are no longer those of the file. */
export async function runCase(
  sandbox: RuleSandbox,
  one: RuleCase,
): Promise<CaseOutcome & { readonly changed: boolean }> {
  // Before the operation, which may change the document in question.
  const reasons = one.expect === 'allowed' && one.operation !== 'batch' ? await whyDenied(sandbox, one) : []
  const response = await sandbox.fetch(one.actor, requestOf(one))
  const found = decisionOf(one, response)
  const changed = found === 'allowed' && one.operation !== 'read' && one.operation !== 'list'
  const message = judge(one, response, found)
  return {
    ok: message === null,
    message,
    because: message !== null && found === 'denied' ? reasons : [],
    status: response.status,
    changed,
  }
}

function requestOf(one: RuleCase): SandboxRequest {
  if (one.operation === 'batch') return { method: 'POST', path: '/batch', body: { operations: operationsOf(one) } }
  const { operation, collection, id, data } = one
  const path = `/collections/${collection.name}`
  const document = `${path}/~${encodeURIComponent(id ?? '')}`
  switch (operation) {
    case 'read':
      return { method: 'GET', path: document }
    case 'list':
      return { method: 'GET', path: `${path}?limit=500` }
    case 'create':
      return { method: 'POST', path, body: data }
    case 'update':
      return { method: 'PATCH', path: document, body: data }
    case 'replace':
      return { method: 'PUT', path: document, body: data }
    case 'delete':
      return { method: 'DELETE', path: document }
  }
}

function operationsOf({ writes }: BatchCase): readonly object[] {
  return writes.map(({ operation, collection, id, data }) => ({
    op: operation === 'replace' ? 'upsert' : operation,
    collection: collection.name,
    ...(id !== null && { id }),
    ...(data !== null && { data }),
  }))
}

/** A response that is neither has nothing to do with rules: data that is not valid, a conflict. */
function decisionOf(one: RuleCase, response: SandboxResponse): 'allowed' | 'denied' | 'neither' {
  const { status, body } = response
  if (status < 300) return 'allowed'
  const refused = one.operation === 'batch' ? refusedWrite(one, response) : one
  if (status === 401 || status === 403 || (status === 404 && refused?.id !== null)) return 'denied'
  // A field that the caller may not write is refused before the rules of the document are asked.
  const details = (body as { error?: { details?: readonly { field: string; code: string }[] } }).error?.details ?? []
  const byFieldRule =
    details.length > 0 &&
    details.every(
      ({ field, code }) => code === 'read_only' || (code === 'unknown' && refused?.collection.fields.has(field)),
    )
  return status === 422 && byFieldRule ? 'denied' : 'neither'
}

function refusedWrite({ writes }: BatchCase, { body }: SandboxResponse): BatchCase['writes'][number] | undefined {
  return writes[(body as { error?: { operation?: number } }).error?.operation ?? -1]
}

function judge(one: RuleCase, response: SandboxResponse, found: ReturnType<typeof decisionOf>): string | null {
  const said = errorOf(one, response)
  if (found === 'neither')
    return `expected ${one.expect}, but the request itself is refused: ${response.status} ${said}`
  if (found !== one.expect)
    return `expected ${one.expect}, but it is ${found}: ${response.status}${said === '' ? '' : ` ${said}`}`
  if (one.status !== null && one.status !== response.status)
    return `expected the status ${one.status}, but it is ${response.status}`
  return found === 'allowed' && one.operation !== 'batch' ? judgeDocuments(one, response) : null
}

function judgeDocuments(
  { operation, collection, visible, absent, finds }: DocumentCase,
  { body }: SandboxResponse,
): string | null {
  const documents = (operation === 'list' ? (body as { docs: readonly object[] }).docs : [body]) as readonly Readonly<
    Record<string, unknown>
  >[]
  const key = collection.primaryKey.name
  if (finds !== null) {
    const found = documents.map((document) => String(document[key]))
    const missing = finds.filter((id) => !found.includes(id))
    const more = found.filter((id) => !finds.includes(id))
    if (missing.length > 0)
      return `expected to find ${missing.join(', ')}, but the list does not contain ${missing.length === 1 ? 'it' : 'them'}`
    if (more.length > 0)
      return `expected to find ${finds.length === 0 ? 'nothing' : `only ${finds.join(', ')}`}, but the list contains ${more.join(', ')}`
  }
  for (const document of documents) {
    const hidden = visible.filter((field) => !Object.hasOwn(document, field))
    if (hidden.length > 0) return `expected ${hidden.join(', ')} to be visible in ${document[key]}, but it is absent`
    const shown = absent.filter((field) => Object.hasOwn(document, field))
    if (shown.length > 0) return `expected ${shown.join(', ')} to be absent from ${document[key]}, but it is visible`
  }
  return null
}

function errorOf(one: RuleCase, response: SandboxResponse): string {
  const message = (response.body as { error?: { message?: string } } | null)?.error?.message ?? ''
  const refused = one.operation === 'batch' ? refusedWrite(one, response) : undefined
  return refused ? `${message} (${refused.operation} ${refused.collection.name})` : message
}

async function whyDenied(sandbox: RuleSandbox, one: DocumentCase): Promise<readonly string[]> {
  const operation = OPERATIONS.find(
    (candidate) =>
      candidate === (one.operation === 'list' ? 'read' : one.operation === 'replace' ? 'update' : one.operation),
  )
  if (operation === undefined) return []
  const asked = {
    collection: one.collection.name,
    operation,
    actor: one.actor,
    id: one.id,
    data: one.data,
    params: null,
    request: plainRequest(operation, Date.now()),
  }
  return denialsOf(await explainOperation(sandbox.explain, asked))
}
