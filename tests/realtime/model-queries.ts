import { type Api, type ApiResponse, expectError, expectStatus, type LiveDocument } from '@koyalite/testkit'
import { type Operator, passes } from '../fixtures/filter-model'
import type { Random } from '../fixtures/random'
import { DAYS, NOTES, ROOMS, SCORES, TEXTS, TIMES } from './model-writes'

/** A list to follow, with what it takes to know what it has to show. */
export interface ModelQuery {
  readonly payload: {
    readonly collection: string
    readonly filter?: object
    readonly where?: string
    readonly params?: readonly unknown[]
    readonly sort?: readonly string[]
    /** Null: all documents, of which there are fewer than a page of REST has. */
    readonly limit?: number | null
    readonly expand?: readonly string[]
    readonly fields?: readonly string[]
    readonly count?: boolean
  }
  readonly filter: ModelFilter | null
}

/** A filter in JSON; `rest` as REST has it, or, where REST cannot say that, what it does to a document. */
type ModelFilter =
  | { readonly json: object; readonly rest: readonly string[] }
  | { readonly json: object; readonly passes: (doc: LiveDocument) => boolean }

/** What a list shows at a seq: documents in order, or the code with which it is refused. */
export interface Shown {
  readonly seq: string
  readonly docs: readonly LiveDocument[] | string
  readonly total: number | null
}

/** The same over REST, read anew. */
export async function readNow(api: Api, { payload, filter }: ModelQuery): Promise<Shown> {
  const { collection, where, params, sort, expand, fields, count = false } = payload
  const limit = payload.limit === null ? 500 : (payload.limit ?? 50)
  const isModelled = filter !== null && 'passes' in filter
  const response = await api.list(collection, {
    ...(where === undefined ? {} : { where }),
    ...(params === undefined ? {} : { params: JSON.stringify(params) }),
    ...(sort === undefined ? {} : { sort: sort.join() }),
    ...(expand === undefined ? {} : { expand: expand.join() }),
    ...(fields === undefined ? {} : { fields: fields.join() }),
    ...(isModelled ? { limit: 500 } : { limit, ...(count ? { count } : {}) }),
    ...(filter !== null && 'rest' in filter ? { filter: filter.rest } : {}),
  })
  const seq = response.headers.get('koyalite-seq') ?? ''
  if (response.status !== 200) return { seq, docs: codeOf(response), total: null }
  const { docs, total = null, next_cursor } = expectStatus(response, 200).body
  if (!isModelled) return { seq, docs, total }
  if (next_cursor !== null) throw new Error('there are more documents than the model reads')
  const passed = (docs as LiveDocument[]).filter(filter.passes)
  return { seq, docs: passed.slice(0, limit), total: count ? passed.length : null }
}

function codeOf(response: ApiResponse): string {
  expectError(response, 'UNAUTHENTICATED', 'FORBIDDEN', 'INVALID_FILTER', 'INVALID_SORT', 'INVALID_REQUEST')
  return response.body.error.code
}

export function randomQuery(random: Random, users: readonly string[]): ModelQuery {
  const maybe = <T>(probability: number, value: () => T): T | undefined =>
    random.chance(probability) ? value() : undefined
  const collection = random.pick([
    'messages',
    'messages',
    'messages',
    'messages',
    'notes',
    'notes',
    'rooms',
    'members',
    'users',
    'logs',
  ])
  const of = QUERIES[collection] ?? NOTHING
  const filter = of.leaves.length > 0 ? (maybe(0.6, () => randomFilter(random, of.leaves, users)) ?? null) : null
  const query = {
    collection,
    filter: filter?.json,
    ...(of.where.length > 0 ? maybe(0.2, () => whereOf(random.pick(of.where))) : undefined),
    sort: maybe(0.7, () => random.pick(of.sort)),
    limit: random.chance(0.2) ? null : maybe(0.7, () => random.int(1, 6)),
    expand: of.expand.length > 0 ? maybe(0.3, () => random.pick(of.expand)) : undefined,
    // A filter that the model applies sees whole documents.
    fields: filter !== null && 'passes' in filter ? undefined : maybe(0.2, () => random.pick(of.fields)),
    count: maybe(0.3, () => true),
  }
  const payload = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
  return { payload: payload as ModelQuery['payload'], filter }
}

/** A field, an operator, and the operands to choose from. */
type Leaf = readonly [field: string, operator: Operator, operands: readonly unknown[]]
/** In `operands`: any of the users. */
const USER = Symbol('user')

const leaves = (field: string, operators: readonly Operator[], operands: readonly unknown[]): readonly Leaf[] =>
  operators.map((operator) => [field, operator, operands])
const ORDER = ['gt', 'gte', 'lt', 'lte'] as const

interface Choices {
  readonly leaves: readonly Leaf[]
  /** Some have values beside them. */
  readonly where: readonly (string | readonly [where: string, params: readonly unknown[]])[]
  readonly sort: readonly (readonly string[])[]
  readonly expand: readonly (readonly string[])[]
  readonly fields: readonly (readonly string[])[]
}

const NOTHING: Choices = { leaves: [], where: [], sort: [['-id']], expand: [], fields: [['id']] }

const QUERIES: Readonly<Record<string, Choices>> = {
  messages: {
    leaves: [
      ...leaves(
        'text',
        ['eq', 'ne', 'like', 'contains', ...ORDER],
        TEXTS.filter((text) => text !== null),
      ),
      ...leaves('text', ['eq', 'ne'], [null]),
      ...leaves('score', ['eq', 'ne'], SCORES),
      ...leaves(
        'score',
        ['in', 'nin', ...ORDER],
        SCORES.filter((score) => score !== null),
      ),
      ...leaves('n', ORDER, [0, 1, 2]),
      ...leaves('pinned', ['eq', 'ne'], [true, false]),
      ...leaves('room_id', ['eq', 'eq', 'in', 'nin'], ROOMS),
      ...leaves('author_id', ['eq', 'ne', 'in'], [USER]),
      ...leaves('tags', ['contains'], ['x', 'y']),
      ...leaves('id', ['eq', ...ORDER], [3, 5, 8]),
      // Through a reference, into JSON, and what only some may ask for: REST is the judge.
      ...leaves('room.name', ['eq', 'ne'], ['x', 'y']),
      ...leaves('author.name', ['eq'], ['p', null]),
      ...leaves('tags.k', ['eq'], [1]),
      ...leaves('secret', ['eq'], ['s']),
    ],
    where: [
      'doc.score > 0.5',
      ['doc.score > $1 && doc.text in $2', [0, TEXTS.slice(0, 3)]],
      "doc.room.name == 'x'",
      'doc.author_id == auth.id',
      "doc.text.startsWith('a') || doc.n == 1",
      "!(doc.text == 'a')",
      'doc.reply_to != null',
      "doc.author.role == 'moderator'",
    ],
    sort: [
      ['-id'],
      ['score'],
      ['-score', 'text'],
      ['text', '-n'],
      ['pinned', '-score'],
      ['room.name', '-id'],
      ['-author.name', 'n'],
    ],
    expand: [['room'], ['author'], ['room.owner', 'author'], ['reply_to'], ['messages'], ['room.members']],
    fields: [['id', 'text'], ['text'], ['n', 'score', 'id'], ['id', 'secret']],
  },
  notes: {
    leaves: [
      ...leaves('kind', ['eq', 'ne', 'in'], ['a', 'b', 'c']),
      ...leaves(
        'at',
        ['eq', ...ORDER],
        TIMES.filter((time) => time !== null),
      ),
      ...leaves(
        'day',
        ['eq', 'ne', ...ORDER],
        DAYS.filter((day) => day !== null),
      ),
      ...leaves('n', ['eq', 'ne'], [null, 1]),
      ...leaves('open', ['eq'], [true, false]),
      ...leaves('owner', ['eq', 'ne'], [USER, null]),
      ...leaves('id', ['in', ...ORDER], NOTES),
    ],
    where: [
      "doc.kind in ['a', 'b']",
      ['doc.day >= $1 || doc.kind == $2', ['2024-06-01', 'a']],
      "doc.inside == 'x'",
      'doc.at != null && doc.owner != null',
      'doc.day < date(doc.at)',
    ],
    sort: [['n'], ['-kind', 'n'], ['at', '-n'], ['-day', 'n'], ['-id'], ['-inside']],
    expand: [['owner']],
    fields: [['id'], ['kind', 'inside'], ['inside']],
  },
  rooms: {
    leaves: leaves('name', ['eq', 'ne', 'like'], ['x', 'y']),
    where: ["doc.owner.name == 'p'"],
    sort: [['name'], ['-owner.name']],
    expand: [['messages'], ['owner'], ['members', 'messages.author']],
    fields: [['id'], ['name']],
  },
  members: { ...NOTHING, expand: [['room'], ['user']], sort: [['room.name'], ['-user_id', 'room_id']] },
  users: {
    ...NOTHING,
    leaves: leaves('role', ['eq'], ['user', 'moderator']),
    sort: [['name'], ['-role', 'email']],
    fields: [['id', 'name'], ['role']],
  },
}

function whereOf(where: Choices['where'][number]): Pick<ModelQuery['payload'], 'where' | 'params'> {
  return typeof where === 'string' ? { where } : { where: where[0], params: where[1] }
}

function randomFilter(random: Random, from: readonly Leaf[], users: readonly string[]): ModelFilter {
  const leaf = () => randomLeaf(random, from, users)
  const parts = Array.from({ length: random.int(1, 2) }, leaf)
  const own = parts.filter(({ isOwn }) => isOwn)
  if (own.length === 0 || random.chance(0.4)) {
    const json = parts.length === 1 ? (parts[0]?.json ?? {}) : { $and: parts.map((part) => part.json) }
    return { json, rest: parts.map(({ rest }) => rest) }
  }
  const all = (doc: LiveDocument) => own.every((part) => part.passes(doc))
  const jsons = own.map(({ json }) => json)
  const other = randomLeaf(random, from, users, true)
  return random.pick<ModelFilter>([
    { json: { $not: { $and: jsons } }, passes: (doc) => !all(doc) },
    {
      json: { $or: [...jsons, other.json] },
      passes: (doc) => own.some((part) => part.passes(doc)) || other.passes(doc),
    },
    { json: { $and: [{ $not: other.json }, ...jsons] }, passes: (doc) => !other.passes(doc) && all(doc) },
    {
      json: { $or: [{ $not: { $or: jsons } }, { $and: [other.json] }] },
      passes: (doc) => !own.some((part) => part.passes(doc)) || other.passes(doc),
    },
  ])
}

interface RandomLeaf {
  readonly json: object
  readonly rest: string
  /** Of a field of the document itself, which everybody may read. */
  readonly isOwn: boolean
  readonly passes: (doc: LiveDocument) => boolean
}

function randomLeaf(random: Random, from: readonly Leaf[], users: readonly string[], own = false): RandomLeaf {
  for (;;) {
    const [field, operator, operands] = random.pick(from)
    const isOwn = !/[.]|secret/.test(field)
    if (own && !isOwn) continue
    const one = () => {
      const picked = random.pick(operands)
      return picked === USER ? random.pick(users) : picked
    }
    const isList = operator === 'in' || operator === 'nin'
    const operand = isList ? [one(), one()] : one()
    const json =
      operator === 'eq' && random.chance(0.5) ? { [field]: operand } : { [field]: { [`$${operator}`]: operand } }
    return {
      json,
      rest: `${field}:${operator}:${isList ? (operand as unknown[]).join() : operand}`,
      isOwn,
      passes: (doc) =>
        Array.isArray(doc[field])
          ? (doc[field] as unknown[]).includes(operand)
          : passesAs(doc[field], operator, operand),
    }
  }
}

/** `contains` asks for a membership in JSON, and text there is none. An expanded document stands in the place of its key. */
function passesAs(field: unknown, operator: Operator, operand: unknown): boolean {
  const stored = typeof field === 'object' && field !== null && 'id' in field ? field.id : field
  if (operator === 'contains' && typeof stored !== 'string') return false
  return passes(stored, operator, operand)
}
