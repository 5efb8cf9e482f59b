import type { Collection, Field, Relation, Schema } from '@koyalite/schema'
import { READ_ALL, type ReadAccess } from '../access/read-access'
import type { Rule } from '../access/rule'
import { rulesOf } from '../access/schema-rules'
import { type AggregateQuery, isAggregate } from '../aggregate/aggregate-query'
import type { CelDependencies } from '../cel/check/dependencies-of'
import { childrenOf, type Expression } from '../cel/check/expression'
import type { Condition } from '../filter/condition'
import type { FieldPath } from '../filter/field-path'
import type { ListQuery } from '../list/list-query'
import type { Expansion } from '../list/projection'
import { type TermsFor, termsOfRows } from './compile-terms'

/** What can change the response to a list, besides a change of the documents in it. */
export interface LiveDependencies {
  /**
   * By name, the collections whose documents the query, its expansions or the rules look at; the list's own among them if so. Null where
   * every document may matter, else those that fulfil any of the demands.
   */
  readonly looksAt: ReadonlyMap<string, readonly TermsFor[] | null>
  /** Collections of which only those documents matter besides that documents of the list refer to, and only to how those are shown. */
  readonly shows: readonly ShownReference[]
  /** The response changes with time alone. */
  readonly time: boolean
}

/** Documents of the list show the one of `collection` whose primary key they have in `field`. */
export interface ShownReference {
  readonly collection: string
  readonly field: Field
}

/** The parts of a query that decide what it looks at. */
type LookingQuery = Pick<ListQuery, 'collection' | 'condition' | 'sort' | 'projection'> | AggregateQuery

/** Everything that a result depends on with this access; rather too much than too little. */
export function liveDependencies(schema: Schema, query: LookingQuery, access: ReadAccess): LiveDependencies {
  const collector = new Collector(schema, access)
  collector.rulesOf(query.collection)
  collector.condition(query.condition)
  if (isAggregate(query)) {
    for (const { path } of [...query.keys, ...query.values]) if (path !== null) collector.path(path)
  } else {
    for (const key of query.sort) collector.path(key.path)
    for (const expansion of query.projection.expand) collector.shown(expansion)
  }
  const { looksAt, shows, time } = collector
  return { looksAt, shows: shows.filter(({ collection }) => looksAt.get(collection) !== null), time }
}

/** Names of the collections whose documents a query shows or asks about, its own first; rules are not asked. */
export function collectionsShown(schema: Schema, query: LookingQuery): ReadonlySet<string> {
  const { looksAt, shows } = liveDependencies(schema, query, READ_ALL)
  return new Set([query.collection.name, ...looksAt.keys(), ...shows.map(({ collection }) => collection)])
}

class Collector {
  readonly looksAt = new Map<string, TermsFor[] | null>()
  readonly shows: ShownReference[] = []
  time = false
  readonly #schema: Schema
  readonly #access: ReadAccess
  readonly #ruled = new Set<Collection>()

  constructor(schema: Schema, access: ReadAccess) {
    this.#schema = schema
    this.#access = access
  }

  /** The rules that decide which documents and fields of a collection are there. */
  rulesOf(collection: Collection): void {
    if (this.#ruled.has(collection)) return
    this.#ruled.add(collection)
    const rules = rulesOf(this.#schema).get(collection)
    if (!rules) return
    const { permits, restricts } = rules.operations.read
    // If the decision is the same for all documents, it depends only on the caller, and perhaps the time.
    const looksAtRows = this.#access.rows(collection).kind === 'where'
    for (const { using, check } of [...permits, ...restricts]) {
      this.#rule(using, looksAtRows)
      this.#rule(check, looksAtRows)
    }
    for (const [field, { read }] of rules.fields) {
      this.#rule(read, this.#access.field(collection, field).kind === 'where')
    }
  }

  condition(condition: Condition): void {
    switch (condition.kind) {
      case 'all':
      case 'any':
        for (const part of condition.of) this.condition(part)
        break
      case 'not':
        this.condition(condition.of)
        break
      case 'compare':
        this.path(condition.path)
        break
      case 'cel':
        this.#dependencies(condition.dependencies)
        // A `where` sees of other documents what their rules let through.
        for (const { to } of condition.dependencies.references) this.#looksAt(this.#schema.collections.get(to))
        break
    }
  }

  path(path: FieldPath): void {
    for (const relation of path.references) this.#relation(relation)
  }

  /** An expansion of the listed documents themselves. */
  shown(expansion: Expansion): void {
    const { relation, projection } = expansion
    if (relation.kind === 'forward' && relation.targetField.primary) {
      this.shows.push({ collection: relation.target.name, field: relation.field })
      this.rulesOf(relation.target)
      for (const inner of projection.expand) this.#expansion(inner)
    } else this.#expansion(expansion)
  }

  #expansion({ relation, projection }: Expansion): void {
    this.#relation(relation)
    for (const inner of projection.expand) this.#expansion(inner)
  }

  #relation(relation: Relation): void {
    this.#looksAt(relation.kind === 'forward' ? relation.target : relation.source)
  }

  #looksAt(collection: Collection | undefined): void {
    if (!collection) return
    this.looksAt.set(collection.name, null)
    this.rulesOf(collection)
  }

  #rule(rule: Rule | null, looksAtRows: boolean): void {
    if (rule === null) return
    if (rule.dependencies.request.size > 0) this.time = true
    if (!looksAtRows) return
    this.#dependencies(rule.dependencies)
    this.#macros(rule.checked.root)
  }

  #dependencies({ references, request }: CelDependencies): void {
    if (request.size > 0) this.time = true
    for (const { to } of references) this.looksAt.set(to, null)
  }

  #macros(expression: Expression): void {
    switch (expression.kind) {
      case 'rowMacro':
      case 'rowCount':
      case 'rowMap': {
        const { name } = expression.rows.collection
        const terms = termsOfRows(expression)
        const known = this.looksAt.get(name)
        if (terms === null) this.looksAt.set(name, null)
        else if (known !== null) this.looksAt.set(name, [...(known ?? []), terms])
      }
    }
    for (const child of childrenOf(expression)) this.#macros(child)
  }
}
