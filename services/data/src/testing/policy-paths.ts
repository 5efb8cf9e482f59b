import { compareText } from '@koyalite/query'
import type { RandomSource } from '@koyalite/query/testing/random-source'
import type { JsonValue } from '@koyalite/schema'
import type { TestApi } from './open-api'
import type { Documents, PolicyOracle } from './policy-oracle'
import type { Document } from './policy-world'

/** What was asked of the routes, what they answered, and what would be right. */
export interface Scenario {
  readonly what: string
  readonly found: unknown
  readonly right: unknown
}

export interface Asked {
  readonly call: ReturnType<TestApi['as']>
  readonly oracle: PolicyOracle
  readonly documents: Documents
  /** Those of `docs` that the caller may read. */
  readonly readable: readonly Document[]
  readonly random: RandomSource
}

/** Reads of `docs` that lead through other collections, page by page, and in groups. */
export async function* pathScenarios(asked: Asked): AsyncGenerator<Scenario> {
  for (const path of EXPANSIONS) if (asked.random.chance(0.5)) yield* expandScenarios(asked, path)
  for (const path of PATHS) if (asked.random.chance(0.6)) yield* filterScenario(asked, path)
  for (const path of PATHS) if (asked.random.chance(0.4)) yield* pagesScenario(asked, path)
  for (const path of PATHS) if (asked.random.chance(0.4)) yield* groupsScenario(asked, path)
}

/** How collections of the world refer to one another: the name of the step, the field, and where it leads. */
const FORWARD: Readonly<Record<string, Readonly<Record<string, readonly [field: string, target: string]>>>> = {
  docs: { author: ['author_id', 'users'], team: ['team_id', 'teams'] },
  teams: { owner: ['owner_id', 'users'] },
  members: { team: ['team', 'teams'], user: ['user', 'users'] },
  users: {},
}
const BACK: Readonly<Record<string, Readonly<Record<string, readonly [source: string, field: string]>>>> = {
  users: { docs: ['docs', 'author_id'], teams: ['teams', 'owner_id'], members: ['members', 'user'] },
  teams: { docs: ['docs', 'team_id'], members: ['members', 'team'] },
  docs: {},
  members: {},
}

const EXPANSIONS = [
  'team.owner.docs',
  'author.teams.members',
  'team.members.user',
  'author.docs.team',
  'team.docs.author',
  'author.members.team',
]

async function* expandScenarios({ call, oracle, documents, readable }: Asked, path: string): AsyncGenerator<Scenario> {
  const response = await call('GET', `/collections/docs?expand=${path}`)
  // A list that nobody may see is refused.
  if (response.status !== 200 && readable.length === 0) return
  const right = [...readable]
    .sort((a, b) => compareValues(a.id, b.id))
    .map((doc) => expanded({ oracle, documents }, 'docs', doc, path.split('.')))
  yield { what: `expand-list ${path}`, found: response.body.docs, right }
}

type Known = Pick<Asked, 'oracle' | 'documents'>

/** A document as it is shown, with what the steps lead to in it. */
function expanded(known: Known, collection: string, document: Document, steps: readonly string[]): Document {
  const shown = known.oracle.shown(collection, document)
  const [step, ...rest] = steps
  if (step === undefined) return shown
  const readable = (name: string, match: (one: Document) => boolean): Document[] =>
    (known.documents.get(name) ?? [])
      .filter((one) => match(one) && known.oracle.mayRead(name, one))
      .map((one) => expanded(known, name, one, rest))
  const forward = FORWARD[collection]?.[step]
  if (forward !== undefined) {
    const [field, target] = forward
    return { ...shown, [step]: readable(target, ({ id }) => id === document[field])[0] ?? null }
  }
  const [source, field] = BACK[collection]?.[step] ?? []
  if (source === undefined || field === undefined) throw new Error(`${collection} has no ${step}`)
  const found = readable(source, (one) => one[field] === document.id)
  return { ...shown, [step]: found.sort((a, b) => compareValues(b.id, a.id)) }
}

/** Fields of `docs`, and of what they refer to. */
const PATHS = ['i', 's', 'team.name', 'team.level', 'team.owner.role', 'author.email', 'author.verified'] as const

/** The value at the end of a path, as every clause sees it: null where the caller may not read it. */
function valueAt({ oracle, documents }: Known, document: Document, path: string): JsonValue {
  const [field = '', ...steps] = path.split('.').reverse()
  let [collection, current]: readonly [string, Document] = ['docs', document]
  for (const step of steps.reverse()) {
    const [reference = '', target = ''] = FORWARD[collection]?.[step] ?? []
    const key = oracle.nulled(collection, current)[reference] ?? null
    const found = key === null ? undefined : documents.get(target)?.find(({ id }) => id === key)
    if (found === undefined || !oracle.mayRead(target, found)) return null
    ;[collection, current] = [target, found]
  }
  return oracle.nulled(collection, current)[field] ?? null
}

async function* filterScenario(asked: Asked, path: string): AsyncGenerator<Scenario> {
  const { call, readable, random } = asked
  const values = [...readable.map((doc) => valueAt(asked, doc, path)), null]
  const value = random.pick(values)
  const operator = random.pick(['eq', 'ne'])
  const text = value === null ? 'null' : value === 'null' ? '\\null' : String(value)
  const query = new URLSearchParams({ filter: `${path}:${operator}:${text}`, count: 'true' })
  const response = await call('GET', `/collections/docs?${query}`)
  // The field does not exist for this caller, or the list is refused.
  if (response.status !== 200) return
  const right = readable.filter((doc) => (valueAt(asked, doc, path) === value) === (operator === 'eq'))
  yield {
    what: `filter-path ${query}`,
    found: [idsOf(response.body.docs).sort(), response.body.total],
    right: [idsOf(right).sort(), right.length],
  }
}

/** All pages of a sorted list, one after another: every readable document once, in order. */
async function* pagesScenario(asked: Asked, path: string): AsyncGenerator<Scenario> {
  const { call, readable, random } = asked
  const sign = random.chance(0.5) ? '-' : ''
  const query = new URLSearchParams({ sort: `${sign}${path}`, limit: String(1 + random.below(3)), count: 'true' })
  const found: string[] = []
  const totals = new Set<number>()
  for (let cursor: string | null = null; found.length <= readable.length; ) {
    const response = await call('GET', `/collections/docs?${query}${cursor === null ? '' : `&cursor=${cursor}`}`)
    if (response.status !== 200) return
    found.push(...idsOf(response.body.docs))
    totals.add(response.body.total)
    cursor = response.body.next_cursor
    if (cursor === null) break
  }
  const order = (a: Document, b: Document): number =>
    compareValues(valueAt(asked, a, path), valueAt(asked, b, path)) || compareValues(a.id, b.id)
  const right = idsOf([...readable].sort(order))
  if (sign === '-') right.reverse()
  yield { what: `pages ${query}`, found: [found, [...totals]], right: [right, [readable.length]] }
}

/** Groups of the readable documents by one path, and what they have at another one. */
async function* groupsScenario(asked: Asked, path: string): AsyncGenerator<Scenario> {
  const { call, readable, random } = asked
  const other = random.pick(PATHS)
  const least = random.below(3)
  const query = new URLSearchParams({
    group: `${path}:as:key`,
    values: `count:as:docs,count:${other}:as:known,count_distinct:${other}:as:different`,
    having: `docs:gt:${least}`,
  })
  const response = await call('GET', `/collections/docs/aggregate?${query}`)
  if (response.status !== 200) return
  const right = [...Map.groupBy(readable, (doc) => valueAt(asked, doc, path))]
    .sort(([a], [b]) => compareValues(a, b))
    .map(([key, docs]) => {
      const values = docs.map((doc) => valueAt(asked, doc, other)).filter((value) => value !== null)
      return { key, docs: docs.length, known: values.length, different: new Set(values).size }
    })
    .filter(({ docs }) => docs > least)
  yield { what: `groups ${query}`, found: response.body.groups, right }
}

function idsOf(documents: readonly Document[]): string[] {
  return documents.map(({ id }) => String(id))
}

function compareValues(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  return typeof a === 'string' ? compareText(a, String(b)) : Number(a) - Number(b)
}
