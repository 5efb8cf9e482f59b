import { OPERATIONS } from '@koyalite/schema'
import { explainOperation } from '../explain/explain-operation'
import type { RuleSandbox, SandboxRequest, SandboxResponse } from '../rules-context'
import type { RuleCase } from '../test-file/test-file'

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
  const because = () => whyDenied(sandbox, one)
  const reasons = one.expect === 'allowed' ? await because() : []
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

function requestOf({ operation, collection, id, data }: RuleCase): SandboxRequest {
  const path = `/collections/${collection.name}`
  const one = `${path}/~${encodeURIComponent(id ?? '')}`
  switch (operation) {
    case 'read':
      return { method: 'GET', path: one }
    case 'list':
      return { method: 'GET', path: `${path}?limit=500` }
    case 'create':
      return { method: 'POST', path, body: data }
    case 'update':
      return { method: 'PATCH', path: one, body: data }
    case 'replace':
      return { method: 'PUT', path: one, body: data }
    case 'delete':
      return { method: 'DELETE', path: one }
  }
}

/** A response that is neither has nothing to do with rules: data that is not valid, a conflict. */
function decisionOf({ collection, id }: RuleCase, { status, body }: SandboxResponse): 'allowed' | 'denied' | 'neither' {
  if (status < 300) return 'allowed'
  if (status === 401 || status === 403 || (status === 404 && id !== null)) return 'denied'
  // A field that the caller may not write is refused before the rules of the document are asked.
  const details = (body as { error?: { details?: readonly { field: string; code: string }[] } }).error?.details ?? []
  const byFieldRule =
    details.length > 0 &&
    details.every(({ field, code }) => code === 'read_only' || (code === 'unknown' && collection.fields.has(field)))
  return status === 422 && byFieldRule ? 'denied' : 'neither'
}

function judge(one: RuleCase, response: SandboxResponse, found: ReturnType<typeof decisionOf>): string | null {
  const said = errorOf(response)
  if (found === 'neither')
    return `expected ${one.expect}, but the request itself is refused: ${response.status} ${said}`
  if (found !== one.expect)
    return `expected ${one.expect}, but it is ${found}: ${response.status}${said === '' ? '' : ` ${said}`}`
  if (one.status !== null && one.status !== response.status)
    return `expected the status ${one.status}, but it is ${response.status}`
  return found === 'allowed' ? judgeDocuments(one, response) : null
}

function judgeDocuments(
  { operation, collection, visible, absent, finds }: RuleCase,
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

function errorOf({ body }: SandboxResponse): string {
  return (body as { error?: { message?: string } } | null)?.error?.message ?? ''
}

async function whyDenied(sandbox: RuleSandbox, one: RuleCase): Promise<readonly string[]> {
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
    time: Date.now(),
  }
  const { document, summary, comes_to } = await explainOperation(sandbox.explain, asked)
  if (document && !document.allowed) return document.reasons
  return comes_to === 'never' ? [summary] : []
}
