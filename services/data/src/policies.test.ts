import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Actor } from '@koyalite/contracts'
import { compareText } from '@koyalite/query'
import { randomCondition } from '@koyalite/query/testing/random-expression'
import { RandomSource } from '@koyalite/query/testing/random-source'
import type { TestResponse } from './testing/open-api'
import { type Documents, type PolicyOracle, policyOracle } from './testing/policy-oracle'
import { pathScenarios, type Scenario } from './testing/policy-paths'
import { replaceScenario } from './testing/policy-replace'
import { type Document, openPolicyWorld, type PolicyWorld, randomFields } from './testing/policy-world'

setDefaultTimeout(120_000)

const SEED = Number(process.env.KOYALITE_POLICY_SEED ?? Date.now() % 1_000_000)
const WORLDS = Number(process.env.KOYALITE_POLICY_WORLDS ?? 4)

// More: KOYALITE_POLICY_WORLDS=200 bun test services/data/src/policies.test.ts

test(`random policies over HTTP decide as the reference says (KOYALITE_POLICY_SEED=${SEED})`, async () => {
  const differences: string[] = []
  const counts: Record<string, number> = {}
  for (let number = 0; number < WORLDS && differences.length < 5; number++) {
    const random = new RandomSource(SEED + number)
    const world = await openPolicyWorld(random)
    for (const actor of world.actors) {
      for await (const scenario of scenarios(world, actor, random)) {
        const kind = `${scenario.what.split(' ')[0]} ${JSON.stringify(scenario.right)
          .slice(0, 12)
          .replace(/\W.*|\d{4}/, '')}`
        counts[kind] = (counts[kind] ?? 0) + 1
        if (Bun.deepEquals(scenario.found, scenario.right, true)) continue
        const { what, found, right } = scenario
        const written = JSON.stringify({ policies: world.policies, fields: world.fieldRules }, null, 1)
        differences.push(
          `seed ${SEED + number}: ${JSON.stringify(actor)} ${what}\n  found ${JSON.stringify(found)}\n  right ${JSON.stringify(right)}\n${written}`,
        )
      }
    }
  }
  expect(differences.slice(0, 3).join('\n\n')).toBe('')
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  expect(total).toBeGreaterThan(WORLDS * 100)
})

async function* scenarios(world: PolicyWorld, actor: Actor, random: RandomSource): AsyncGenerator<Scenario> {
  const call = world.api.as(actor)
  const documents = await stored(world)
  const oracle = policyOracle(world, actor, documents)
  const docs = documents.get('docs') ?? []
  const readable = docs.filter((doc) => oracle.mayRead('docs', doc))
  for (const doc of docs) yield await getScenario(call, oracle, doc)
  yield await listScenario(call, actor, oracle, { docs, readable })
  for (let count = 0; count < 4; count++) yield* whereScenario(call, oracle, { readable, random })
  for (const field of ['i', 's', 'd', 'b']) yield* filterScenario(call, oracle, { readable, random, field })
  for (const field of ['s', 'i', 't', 'e']) yield* sortScenario(call, oracle, { readable, random, field })
  yield* expandScenarios(call, oracle, { documents, readable })
  yield* pathScenarios({ call, oracle, documents, readable, random })
  for (let count = 0; count < 4; count++) yield await createScenario(world, call, actor, oracle, random)
  for (const doc of docs) yield await updateScenario(world, call, actor, { oracle, doc, random })
  for (const doc of [...docs, null]) yield await replaceScenario({ world, call, actor, oracle, random }, doc)
  for (const doc of docs.slice(0, 4)) yield await deleteScenario(world, call, actor, { oracle, doc })
  for (let count = 0; count < 2; count++) yield await batchScenario(world, call, actor, { oracle, docs, random })
}

type Call = ReturnType<PolicyWorld['api']['as']>

async function stored(world: PolicyWorld): Promise<Documents> {
  const documents = new Map<string, readonly Document[]>()
  for (const name of world.api.schema.collections.keys()) {
    documents.set(name, (await world.api.system('GET', `/collections/${name}?limit=500`)).body.docs)
  }
  return documents
}

function denied(actor: Actor): number {
  return actor.kind === 'anonymous' ? 401 : 403
}

async function getScenario(call: Call, oracle: PolicyOracle, doc: Document): Promise<Scenario> {
  const response = await call('GET', `/collections/docs/${doc.id}`)
  const right = oracle.mayRead('docs', doc) ? { status: 200, body: oracle.shown('docs', doc) } : { status: 404 }
  return { what: `get ${doc.id}`, found: statusAndBody(response), right }
}

function statusAndBody({ status, body }: TestResponse): unknown {
  return status < 300 ? { status, body } : { status }
}

/** A list that nobody may see is refused, where that is known without looking at documents; else it is empty. */
async function listScenario(
  call: Call,
  actor: Actor,
  oracle: PolicyOracle,
  { docs, readable }: { readonly docs: readonly Document[]; readonly readable: readonly Document[] },
): Promise<Scenario> {
  const response = await call('GET', '/collections/docs?count=true&limit=500')
  const isRefused = readable.length === 0 && docs.length > 0 && response.status === denied(actor)
  const right = isRefused
    ? { status: denied(actor) }
    : { status: 200, docs: byKey(readable).map((doc) => oracle.shown('docs', doc)), total: readable.length }
  const { docs: found, total } = response.body
  return {
    what: 'list',
    found: response.status < 300 ? { status: 200, docs: found, total } : { status: response.status },
    right,
  }
}

async function* whereScenario(
  call: Call,
  oracle: PolicyOracle,
  { readable, random }: { readonly readable: readonly Document[]; readonly random: RandomSource },
): AsyncGenerator<Scenario> {
  const source = randomCondition(random, 1 + random.below(3))
  const response = await call('GET', `/collections/docs?count=true&where=${encodeURIComponent(source)}`)
  // A condition that names collections, or fields that do not exist for this caller, or a list that is refused.
  if (response.status !== 200) return
  const right = readable.filter((doc) => oracle.matches(source, doc)).map(({ id }) => id)
  yield {
    what: `where ${source}`,
    found: [...ids(response), response.body.total],
    right: [...right.sort(), right.length],
  }
}

async function* filterScenario(
  call: Call,
  oracle: PolicyOracle,
  {
    readable,
    random,
    field,
  }: { readonly readable: readonly Document[]; readonly random: RandomSource; readonly field: string },
): AsyncGenerator<Scenario> {
  const value = random.pick(readable.map((doc) => doc[field]).concat([null])) ?? null
  const operator = random.pick(['eq', 'ne'])
  const text = value === null ? 'null' : value === 'null' ? '\\null' : String(value)
  const response = await call('GET', `/collections/docs?filter=${encodeURIComponent(`${field}:${operator}:${text}`)}`)
  if (response.status !== 200) return
  const isEqual = (doc: Document): boolean => oracle.nulled('docs', doc)[field] === value
  const right = readable.filter((doc) => isEqual(doc) === (operator === 'eq')).map(({ id }) => id)
  yield { what: `filter ${field}:${operator}:${text}`, found: ids(response), right: right.sort() }
}

async function* sortScenario(
  call: Call,
  oracle: PolicyOracle,
  {
    readable,
    random,
    field,
  }: { readonly readable: readonly Document[]; readonly random: RandomSource; readonly field: string },
): AsyncGenerator<Scenario> {
  const descending = random.chance(0.5)
  const response = await call('GET', `/collections/docs?sort=${descending ? '-' : ''}${field}`)
  if (response.status !== 200) return
  const order = (a: Document, b: Document): number =>
    compareValues(oracle.nulled('docs', a)[field], oracle.nulled('docs', b)[field]) || compareValues(a.id, b.id)
  const right = [...readable].sort(order).map(({ id }) => id)
  yield { what: `sort ${field}`, found: ids(response), right: descending ? right.reverse() : right }
}

function compareValues(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  return typeof a === 'string' ? compareText(a, String(b)) : Number(a) - Number(b)
}

async function* expandScenarios(
  call: Call,
  oracle: PolicyOracle,
  { documents, readable }: { readonly documents: Documents; readonly readable: readonly Document[] },
): AsyncGenerator<Scenario> {
  const found = (collection: string, id: unknown): Document | null => {
    const document = documents.get(collection)?.find((one) => one.id === id)
    return document && oracle.mayRead(collection, document) ? oracle.shown(collection, document) : null
  }
  for (const doc of readable.slice(0, 3)) {
    const { body } = await call('GET', `/collections/docs/${doc.id}?expand=team,author`)
    const right = { team: found('teams', doc.team_id), author: found('users', doc.author_id) }
    yield { what: `expand ${doc.id}`, found: { team: body.team, author: body.author }, right }
  }
  const teams = (documents.get('teams') ?? []).filter((team) => oracle.mayRead('teams', team))
  for (const team of teams) {
    const { body } = await call('GET', `/collections/teams/${team.id}?expand=docs`)
    const right = byKey(readable.filter((doc) => doc.team_id === team.id)).toReversed()
    yield { what: `expand-back ${team.id}`, found: body.docs, right: right.map((doc) => oracle.shown('docs', doc)) }
  }
}

async function createScenario(
  world: PolicyWorld,
  call: Call,
  actor: Actor,
  oracle: PolicyOracle,
  random: RandomSource,
): Promise<Scenario> {
  const doc = { id: 'new', ...writable(random, world) }
  // Only fields that the caller may write are sent: the others are null, or cannot be left out.
  const sent = Object.fromEntries(Object.entries(doc).filter(([, value]) => value !== null))
  const response = await call('POST', '/collections/docs', sent)
  const mayWrite = Object.keys(sent).every((field) => oracle.mayWriteField(field, doc))
  const allowed = oracle.mayCreate(doc) && mayWrite
  const after = await world.api.system('GET', '/collections/docs/new')
  if (after.status === 200) await world.api.system('DELETE', '/collections/docs/new')
  const found = {
    status: refusalAs(denied(actor), response, mayWrite),
    body: response.status < 300 ? response.body : null,
    stored: after.status === 200,
  }
  const body = oracle.mayRead('docs', doc) ? oracle.shown('docs', doc) : { id: 'new' }
  const right = allowed ? { status: 201, body, stored: true } : { status: denied(actor), body: null, stored: false }
  return { what: `create ${JSON.stringify(sent)}`, found, right }
}

/**
 * A field that is never writable is refused by name before any document is looked at (422): that too is a denial,
 * whatever the document.
 */
function refusalAs(right: number, { status }: TestResponse, mayWrite: boolean): number {
  return status === 422 && !mayWrite ? right : status
}

async function updateScenario(
  world: PolicyWorld,
  call: Call,
  actor: Actor,
  { oracle, doc, random }: { readonly oracle: PolicyOracle; readonly doc: Document; readonly random: RandomSource },
): Promise<Scenario> {
  const fields = writable(random, world)
  const patch = Object.fromEntries(Object.entries(fields).filter(() => random.chance(0.2)))
  const resulting = { ...doc, ...patch }
  const response = await call('PATCH', `/collections/docs/${doc.id}`, patch)
  const after = (await world.api.system('GET', `/collections/docs/${doc.id}`)).body
  await world.api.system('PATCH', `/collections/docs/${doc.id}`, withoutKey(doc))
  const mayWrite = Object.keys(patch).every(
    (field) => oracle.mayWriteField(field, doc) && oracle.mayWriteField(field, resulting),
  )
  const right = rightUpdate(actor, oracle, { doc, resulting, mayWrite })
  const found = {
    status: refusalAs(right.status, response, mayWrite),
    body: response.status < 300 ? response.body : null,
    after,
  }
  const what = `update ${doc.id} ${JSON.stringify(patch)} of ${JSON.stringify(doc)}`
  return { what, found, right }
}

function rightUpdate(
  actor: Actor,
  oracle: PolicyOracle,
  { doc, resulting, mayWrite }: { readonly doc: Document; readonly resulting: Document; readonly mayWrite: boolean },
): { readonly status: number; readonly body: Document | null; readonly after: Document } {
  const unchanged = { body: null, after: doc }
  if (!oracle.mayRead('docs', doc) && !oracle.bypasses('docs', 'update')) return { status: 404, ...unchanged }
  if (!oracle.mayUpdate(doc, resulting) || !mayWrite) return { status: denied(actor), ...unchanged }
  const body = oracle.mayRead('docs', resulting) ? oracle.shown('docs', resulting) : { id: doc.id ?? null }
  return { status: 200, body, after: resulting }
}

async function deleteScenario(
  world: PolicyWorld,
  call: Call,
  actor: Actor,
  { oracle, doc }: { readonly oracle: PolicyOracle; readonly doc: Document },
): Promise<Scenario> {
  const { status } = await call('DELETE', `/collections/docs/${doc.id}`)
  if (status === 204) await world.api.system('POST', '/collections/docs', doc)
  return {
    what: `delete ${JSON.stringify(doc)}`,
    found: { status },
    right: { status: rightDelete(actor, oracle, doc) },
  }
}

function rightDelete(actor: Actor, oracle: PolicyOracle, doc: Document): number {
  if (!oracle.mayRead('docs', doc) && !oracle.bypasses('docs', 'delete')) return 404
  return oracle.mayDelete(doc) ? 204 : denied(actor)
}

/** All or none: the first refusal is the response, and names its operation. */
async function batchScenario(
  world: PolicyWorld,
  call: Call,
  actor: Actor,
  {
    oracle,
    docs,
    random,
  }: { readonly oracle: PolicyOracle; readonly docs: readonly Document[]; readonly random: RandomSource },
): Promise<Scenario> {
  const chosen = docs.filter(() => random.chance(0.4)).slice(0, 3)
  const operations = chosen.map((doc) => ({ op: 'delete', collection: 'docs', id: doc.id }))
  if (operations.length === 0) return { what: 'batch of nothing', found: null, right: null }
  const response = await call('POST', '/batch', { operations })
  const statuses = chosen.map((doc) => rightDelete(actor, oracle, doc))
  const operation = statuses.findIndex((status) => status !== 204)
  if (response.status === 200) {
    const restore = chosen.map((doc) => ({ op: 'create', collection: 'docs', data: doc }))
    await world.api.system('POST', '/batch', { operations: restore })
  }
  const found = { status: response.status, operation: response.body.error?.operation ?? -1 }
  // What no document can change is refused before anything is looked at, whichever operation it is.
  const isEarly = operation >= 0 && found.operation > operation && statuses[found.operation] === found.status
  const right = isEarly ? found : { status: operation < 0 ? 200 : statuses[operation], operation }
  return { what: `batch ${chosen.map(({ id }) => id)}`, found, right }
}

function writable(random: RandomSource, { api }: PolicyWorld): Document {
  const fields = api.schema.collections.get('docs')?.fields
  return randomFields(random, Object.fromEntries([...(fields ?? [])].map(([name, { nullable }]) => [name, nullable])))
}

function withoutKey({ id: _id, ...rest }: Document): Document {
  return rest
}

function byKey(documents: readonly Document[]): readonly Document[] {
  return documents.toSorted((a, b) => compareValues(a.id, b.id))
}

function ids(response: TestResponse): readonly string[] {
  return response.body.docs.map((doc: { id: string }) => doc.id)
}
