import type { Field, JsonValue } from '@koyalite/schema'
import type { CelFacts } from '../memory/cel-environment'
import { CelError } from '../syntax/cel-error'
import type { CelGo } from './cel-go'
import type { Truth } from './compile-predicate'
import { randomCondition } from './random-expression'
import { RandomSource } from './random-source'
import { randomWorld } from './random-world'
import { openWorld, type World } from './test-world'

export interface CelGoReport {
  /** Rules that both evaluated, for each of the documents. */
  readonly rules: number
  /** Rules that the checker refuses before anything is evaluated. */
  readonly refused: number
  /** Rules that say something plain CEL has no words for: see `inPlainCel`. */
  readonly skipped: number
  /** How often each outcome was cel-go's. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Where we fail and cel-go does not, by the reason. */
  readonly closed: Readonly<Record<string, number>>
  /** Everything else: the first of them, ready to be looked at. */
  readonly differences: readonly string[]
}

const RULES_PER_WORLD = 100
const MAX_DIFFERENCES = 10
const DOCS = 'docs'

/** Compares rules over random documents, in SQL and in memory, with cel-go. */
export async function runCelGoDifferential(
  go: CelGo,
  { seed, rules }: { readonly seed: number; readonly rules: number },
): Promise<CelGoReport> {
  const counts = { rules: 0, refused: 0, skipped: 0 }
  const outcomes: Record<string, number> = { true: 0, false: 0, error: 0 }
  const closed: Record<string, number> = {}
  const differences: string[] = []
  for (let number = 0; counts.rules < rules && differences.length < MAX_DIFFERENCES; number++) {
    const random = new RandomSource(seed + number)
    const { schema, documents, actors } = randomWorld(random)
    const world = await openWorld(schema, documents)
    await go.ask([{ world: worldOf(world, actors) }])
    const asked = Array.from({ length: RULES_PER_WORLD }, () => ({
      source: randomCondition(random, 1 + random.below(4), { dates: false }),
      actor: random.below(actors.length),
    })).flatMap(({ source, actor }) => {
      const rule = inPlainCel(source)
      const ours = rule === null ? null : ourTruths(world, source, actors[actor] as CelFacts)
      if (rule === null) counts.skipped++
      else if (ours === null) counts.refused++
      return rule === null || ours === null ? [] : [{ source, actor, rule, ours }]
    })
    const responses = await go.ask(asked.map(({ rule, actor }) => ({ rule, actor })))
    for (const [index, { source, actor, rule, ours }] of asked.entries()) {
      const right = responses[index]
      if (!Array.isArray(right)) throw new Error(`${rule}: ${JSON.stringify(right)}`)
      counts.rules++
      for (const [at, truth] of right.entries()) {
        outcomes[truth] = (outcomes[truth] ?? 0) + 1
        for (const [way, found] of Object.entries(ours)) {
          if (String(found[at]) === truth) continue
          const reason = found[at] === 'error' ? reasonToClose(source, actors[actor] as CelFacts) : null
          if (reason !== null) closed[reason] = (closed[reason] ?? 0) + 1
          else if (differences.length < MAX_DIFFERENCES) {
            const doc = JSON.stringify(world.documents.get(DOCS)?.[at])
            differences.push(
              `${source}\n  ${way}: ${found[at]}, cel-go: ${truth}; seed ${seed + number}, ${doc}, auth ${JSON.stringify(actors[actor]?.auth)}`,
            )
          }
        }
      }
    }
    await world.close()
  }
  return { ...counts, outcomes, closed, differences }
}

/** Null for a rule that is refused. */
function ourTruths(world: World, source: string, facts: CelFacts): Readonly<Record<string, readonly Truth[]>> | null {
  try {
    return { sql: world.sqlTruths(source, DOCS, facts), js: world.jsTruths(source, DOCS, facts) }
  } catch (error) {
    if (error instanceof CelError) return null
    throw new Error(`${source}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Why we fail where cel-go does not. Never the other way round, and never with another answer. */
function reasonToClose(source: string, { auth }: CelFacts): string | null {
  const identities = [auth.id, auth.email, auth.role, auth.metadata, auth.claims]
  const hasNobody = /\bauth\.(?!can|verified)/.test(source) && JSON.stringify(identities).includes('null')
  if (hasNobody) return 'nobody'
  // A null, a list or a map is not a key: cel-go says that a map does not have it.
  return / in /.test(source) ? 'no key of a map' : null
}

/**
 * A rule in words that cel-go has, or null. `has` of a field asks whether it is null, and `auth` itself is null for an anonymous caller; in CEL a map has a key
 * or not. A key that is a reference is a text and a document, by what stands behind it: plain values are one of them.
 */
function inPlainCel(source: string): string | null {
  if (/\b[rv]\d+\.(?:team|user)\.|\bhas\((?!doc\.|auth\.)/.test(source)) return null
  return source
    .replaceAll(/\bauth ([!=]=) null/g, 'auth.id $1 null')
    .replaceAll(/\bhas\(((?:[^()]|\([^()]*\))*)\)/g, (whole, path: string) =>
      /\.(?:j|data|metadata|claims)[.[]/.test(path) ? ofMap(whole, path) : `(${path} != null)`,
    )
}

/** For us, `has` on a value that is not a map is an error; for cel-go it is not. */
function ofMap(whole: string, path: string): string {
  return `(type(${path.slice(0, path.lastIndexOf('.'))}) == map ? ${whole} : 1 / 0 == 1)`
}

/** Values are pairs of their kind and themselves, as `main.go` reads them. */
type Encoded = readonly [kind: string, value: unknown]

function worldOf(world: World, actors: readonly CelFacts[]): unknown {
  const rows = (name: string) => world.documents.get(name) ?? []
  return {
    docs: rows(DOCS).map((row) => documentOf(world, DOCS, row)),
    rows: Object.fromEntries(
      ['members', 'teams'].map((name) => [name, ['list', rows(name).map((row) => documentOf(world, name, row))]]),
    ),
    actors: actors.map(({ auth, request }) => ({
      auth: jsonOf({ ...auth }),
      request: mapOf([['time', ['timestamp', String(BigInt(request.time) * 1_000_000n)]]]),
    })),
  }
}

type Row = Readonly<Record<string, JsonValue>>

/** A document with the documents that its references lead to. */
function documentOf(world: World, name: string, row: Row): Encoded {
  const fields = [...world.collection(name).fields.values()]
  return mapOf(
    fields.flatMap((field): (readonly [string, Encoded])[] => {
      const value = row[field.name] ?? null
      const own = [field.name, fieldOf(field, value)] as const
      const { references } = field
      if (references === undefined || !field.name.endsWith('_id')) return [own]
      const target = world.documents.get(references.collection)?.find((other) => other[references.field] === value)
      const reached: Encoded = target === undefined ? ['null', null] : documentOf(world, references.collection, target)
      return [own, [field.name.slice(0, -3), reached]]
    }),
  )
}

function fieldOf({ type }: Field, value: JsonValue): Encoded {
  if (value === null) return ['null', null]
  if (type === 'int') return ['int', String(value)]
  if (type === 'timestamp') return ['timestamp', String(BigInt(Date.parse(String(value))) * 1_000_000n)]
  return jsonOf(value)
}

function jsonOf(value: unknown): Encoded {
  if (value === null) return ['null', null]
  if (typeof value === 'boolean') return ['bool', value]
  if (typeof value === 'number') return ['double', String(value)]
  if (typeof value === 'string') return ['string', value]
  if (Array.isArray(value)) return ['list', value.map(jsonOf)]
  return mapOf(Object.entries(value as object).map(([key, entry]) => [key, jsonOf(entry)] as const))
}

function mapOf(entries: readonly (readonly [string, Encoded])[]): Encoded {
  return ['map', entries.map(([key, value]) => [['string', key], value])]
}
