import { type Actor, ANONYMOUS, type GrantedScope, KEY_SCOPES, OPERATOR_ROLES } from '@koyalite/contracts'
import {
  describe,
  didYouMean,
  isUuid,
  type JsonValue,
  normalizeEmail,
  type Options,
  readChoice,
  readList,
  readMap,
  readOptions,
  readText,
} from '@koyalite/schema'
import { type Report, toJson, type YamlEntry, type YamlNode } from '@koyalite/yaml'
import { uuidFor } from './named-keys'

export type Actors = ReadonlyMap<string, Actor>

/** The actors of a test file, by name; `anonymous` is always there. */
export function readActors(entry: YamlEntry | undefined, report: Report): Actors {
  const actors = new Map<string, Actor>([['anonymous', ANONYMOUS]])
  if (!entry) return actors
  for (const { key, keyPosition, value } of readMap(entry.value, "'actors'", report)?.entries ?? []) {
    if (!/^[A-Za-z][\w-]*$/.test(key))
      report(keyPosition, `'${key}' is not a valid name for an actor: use letters, digits, _ and -`)
    const actor = readActor(key, value, report)
    if (actor) actors.set(key, actor)
  }
  return actors
}

const USER_KEYS = ['id', 'email', 'role', 'verified', 'metadata', 'claims']

function readActor(name: string, node: YamlNode, report: Report): Actor | undefined {
  // `ann:` and `ben: moderator` are users of that role.
  if (node.kind === 'scalar' && node.value === null) return user(name, {})
  if (node.kind === 'scalar' && typeof node.value === 'string')
    return node.value === 'anonymous' ? ANONYMOUS : user(name, { role: node.value })
  if (node.kind !== 'map') {
    report(
      node.position,
      `an actor must be a role, or a map like { role: moderator, verified: true }, not ${describe(node)}`,
    )
    return undefined
  }
  const options = readOptions(node, { what: 'an actor', keys: [...USER_KEYS, 'key', 'operator'] }, report)
  if (!options) return undefined
  const special = ['key', 'operator'].find((key) => options.has(key))
  if (special === undefined) return readUser(name, options, report)
  for (const [key, { keyPosition }] of options)
    if (key !== special)
      report(keyPosition, `'${key}' and '${special}' cannot be combined: an actor is a user, a key or an operator`)
  if (special === 'key') return { kind: 'service_key', id: name, scopes: readScopes(options.get('key'), report) }
  const role = readChoice(options.get('operator'), OPERATOR_ROLES, report)
  return role && { kind: 'operator', id: uuidFor(name), email: `${name}@example.com`, role, sessionId: '' }
}

function readUser(name: string, options: Options, report: Report): Actor {
  const id = readText(options.get('id'), report)
  if (id !== undefined && !isUuid(id))
    report(
      options.get('id')?.value.position ?? { line: 1, column: 1 },
      `'id' must be a uuid, not '${id}'; leave it out, and '$${name}' stands for it`,
    )
  const email = readText(options.get('email'), report)
  const role = readText(options.get('role'), report)
  const verified = options.get('verified')
  const isVerified = verified === undefined ? undefined : readChoice(verified, ['true', 'false'], report) === 'true'
  const metadata = options.get('metadata')
  const claims = options.get('claims')
  return user(name, {
    ...(id !== undefined && { id: id.toLowerCase() }),
    ...(email !== undefined && { email: normalizeEmail(email) }),
    ...(role !== undefined && { role }),
    ...(isVerified !== undefined && { verified: isVerified }),
    ...(metadata && { metadata: toJson(metadata.value) }),
    ...(claims && { claims: toJson(claims.value) }),
  })
}

function user(
  name: string,
  given: {
    readonly id?: string
    readonly email?: string
    readonly role?: string
    readonly verified?: boolean
    readonly metadata?: JsonValue
    readonly claims?: JsonValue
  },
): Actor {
  const defaults = {
    id: uuidFor(name),
    email: `${name.toLowerCase()}@example.com`,
    role: 'user',
    verified: true,
    metadata: null,
    claims: null,
  }
  return { kind: 'user', ...defaults, ...given, sessionId: '' }
}

/** `[data:read]`, `[{ scope: data:read, collections: [posts] }]`, or one of either. */
function readScopes(entry: YamlEntry | undefined, report: Report): readonly GrantedScope[] {
  if (!entry) return []
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value]
  return nodes.flatMap((node): GrantedScope[] => {
    if (node.kind !== 'map') {
      const scope = readScope({ ...entry, value: node }, report)
      return scope ? [{ scope }] : []
    }
    const options = readOptions(node, { what: 'a scope', keys: ['scope', 'collections'] }, report)
    const scope = readScope(options?.get('scope'), report)
    const collections = readList(options?.get('collections'), report)?.map((item) => String(toJson(item)))
    if (!options?.has('scope')) report(node.position, "a scope must have a 'scope'")
    return scope ? [{ scope, ...(collections && { collections }) }] : []
  })
}

function readScope(entry: YamlEntry | undefined, report: Report): GrantedScope['scope'] | undefined {
  if (!entry) return undefined
  const word = entry.value.kind === 'scalar' ? entry.value.source : ''
  const scope = KEY_SCOPES.find((candidate) => candidate === word)
  if (!scope) report(entry.value.position, `there is no scope ${describe(entry.value)}${didYouMean(word, KEY_SCOPES)}`)
  return scope
}
