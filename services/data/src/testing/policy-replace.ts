import type { Actor } from '@koyalite/contracts'
import type { RandomSource } from '@koyalite/query/testing/random-source'
import type { TestApi } from './open-api'
import type { PolicyOracle } from './policy-oracle'
import type { Scenario } from './policy-paths'
import { type Document, type PolicyWorld, randomFields } from './policy-world'

interface Asked {
  readonly world: PolicyWorld
  readonly call: ReturnType<TestApi['as']>
  readonly actor: Actor
  readonly oracle: PolicyOracle
  readonly random: RandomSource
}

/** PUT: of a document that is there, and of one that is not. `doc` is the stored one, or null. */
export async function replaceScenario(asked: Asked, doc: Document | null): Promise<Scenario> {
  const { world, call, oracle } = asked
  const id = String(doc?.id ?? 'put')
  const sent = randomBody(asked, doc)
  const response = await call('PUT', `/collections/docs/${id}`, sent)
  const after = await world.api.system('GET', `/collections/docs/${id}`)
  if (doc === null && after.status === 200) await world.api.system('DELETE', `/collections/docs/${id}`)
  if (doc !== null) await world.api.system('PUT', `/collections/docs/${id}`, doc)
  const resulting = { ...empty(world), ...kept(oracle, doc), ...sent, id }
  const mayWrite = Object.keys(sent).every(
    (field) => (doc === null || oracle.mayWriteField(field, doc)) && oracle.mayWriteField(field, resulting),
  )
  const judged = rightAnswer(asked, { doc, resulting, mayWrite })
  // Where a caller may create nothing, as far as is known without a document, and not read everything, no id is there
  // for them.
  const isClosed = doc === null && judged.status >= 400 && response.status === 404
  const right = isClosed ? { ...judged, status: 404 } : judged
  const found = {
    // A field that is never writable is refused by name, which is a denial too.
    status: response.status === 422 && !mayWrite ? right.status : response.status,
    body: response.status < 300 ? response.body : null,
    after: after.status === 200 ? after.body : null,
  }
  return { what: `put ${id} ${JSON.stringify(sent)} over ${JSON.stringify(doc)}`, found, right }
}

/**
 * What is left out becomes null, or stays what it is. Of a document that the caller may write but not read, everything
 * is sent.
 */
function randomBody({ world, oracle, random }: Asked, doc: Document | null): Document {
  const isBlind = doc !== null && !oracle.mayRead('docs', doc)
  const fields = world.api.schema.collections.get('docs')?.fields
  const nullable = Object.fromEntries([...(fields ?? [])].map(([name, field]) => [name, field.nullable]))
  const body = randomFields(random, nullable)
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => {
      const isRuled = world.fieldRules[`docs.${name}`]?.write !== undefined
      return isBlind || isRuled || !nullable[name] || random.chance(0.7)
    }),
  )
}

function empty(world: PolicyWorld): Document {
  return Object.fromEntries(
    [...(world.api.schema.collections.get('docs')?.fields.keys() ?? [])].map((name) => [name, null]),
  )
}

/** What the caller may not read of a document stays what it is. */
function kept(oracle: PolicyOracle, doc: Document | null): Document {
  if (doc === null) return {}
  return Object.fromEntries(Object.entries(doc).filter(([name]) => !oracle.mayReadField('docs', name, doc)))
}

function rightAnswer(
  { actor, oracle }: Asked,
  {
    doc,
    resulting,
    mayWrite,
  }: { readonly doc: Document | null; readonly resulting: Document; readonly mayWrite: boolean },
): { readonly status: number; readonly body: Document | null; readonly after: Document | null } {
  const unchanged = { body: null, after: doc }
  if (doc !== null && !oracle.mayRead('docs', doc) && !oracle.bypasses('docs', 'update')) {
    return { status: 404, ...unchanged }
  }
  const allowed = doc === null ? oracle.mayCreate(resulting) : oracle.mayUpdate(doc, resulting)
  if (!allowed || !mayWrite) return { status: actor.kind === 'anonymous' ? 401 : 403, ...unchanged }
  const body = oracle.mayRead('docs', resulting) ? oracle.shown('docs', resulting) : { id: resulting.id ?? null }
  return { status: doc === null ? 201 : 200, body, after: resulting }
}
