import type { Report } from '@koyalite/yaml'
import { indexesOf } from './ddl'
import type { Collection, Field, Schema } from './model'
import type { CollectionDraft } from './parse-collection'
import type { FieldDraft } from './parse-field'
import { listRelations } from './relations'
import { didYouMean } from './suggest'

/** The checks that need the whole schema: references, indexes, and names that share a namespace. */
export function checkSchema(schema: Schema, drafts: ReadonlyMap<string, CollectionDraft>, report: Report): void {
  for (const draft of drafts.values()) {
    for (const field of draft.fields.values()) checkReference(field, drafts, report)
    checkIndexes(draft, report)
    checkColumns(draft, report)
  }
  checkTables(schema, report)
  checkSingulars(schema, report)
  checkClientNames(schema, report)
  checkIndexNames(schema, report)
  checkRelationNames(schema, report)
}

function checkReference(
  { field, broken, stated }: FieldDraft,
  drafts: ReadonlyMap<string, CollectionDraft>,
  report: Report,
): void {
  const { references } = field
  if (!references) return
  const position = stated.get('references') ?? field.position
  const target = drafts.get(references.collection)
  if (!target) {
    report(position, `unknown collection '${references.collection}'${didYouMean(references.collection, drafts.keys())}`)
    return
  }
  const targetDraft = target.fields.get(references.field)
  const name = `${references.collection}.${references.field}`
  if (!targetDraft) {
    report(position, `unknown field '${name}'${didYouMean(references.field, target.fields.keys())}`)
  } else if (!targetDraft.broken && !targetDraft.field.primary && !targetDraft.field.unique) {
    report(position, `'${name}' cannot be referenced: it is neither the primary key nor unique`)
  } else if (!broken && !targetDraft.broken && targetDraft.field.type !== field.type) {
    report(
      stated.get('type') ?? field.position,
      `'${field.name}' is ${field.type}, but references '${name}', which is ${targetDraft.field.type}`,
    )
  }
}

function checkIndexes({ collection, fields }: CollectionDraft, report: Report): void {
  for (const index of collection.indexes) {
    for (const name of index.fields) {
      const field = fields.get(name)?.field
      if (!field)
        report(index.position, `unknown field '${name}' in index '${index.name}'${didYouMean(name, fields.keys())}`)
      else if (field.type === 'json') report(index.position, `json field '${name}' cannot be in an index`)
    }
  }
}

/** SQLite compares names of columns and tables without regard to ASCII case. */
function checkColumns({ collection, fields }: CollectionDraft, report: Report): void {
  const seen = new Map<string, Field>()
  for (const { field, stated } of fields.values()) {
    const earlier = seen.get(lower(field.column))
    if (earlier) {
      const position = stated.get('column') ?? field.position
      report(
        position,
        `fields '${earlier.name}' and '${field.name}' of '${collection.name}' have the same column '${field.column}'`,
      )
    } else seen.set(lower(field.column), field)
  }
}

function checkTables(schema: Schema, report: Report): void {
  const seen = new Map<string, string>()
  for (const collection of schema.collections.values()) {
    const earlier = seen.get(lower(collection.table))
    if (earlier !== undefined) {
      report(
        collection.position,
        `collections '${earlier}' and '${collection.name}' have the same table '${collection.table}'`,
      )
    } else seen.set(lower(collection.table), collection.name)
  }
}

/** Clients have types of these names, and of those of collections. */
function checkSingulars({ collections }: Schema, report: Report): void {
  const taken = new Map<string, string>()
  for (const { name, singular, position } of collections.values()) {
    if (singular === undefined || singular === name) continue
    const other = taken.get(singular)
    if (collections.has(singular)) report(position, `singular '${singular}' of '${name}' is the name of a collection`)
    else if (other !== undefined)
      report(position, `collections '${other}' and '${name}' have the same singular '${singular}'`)
    else taken.set(singular, name)
  }
}

/** Only those that are chosen for clients can meet others. */
function checkClientNames(schema: Schema, report: Report): void {
  const { collections } = schema
  const taken = new Map<string, string>()
  for (const { name, clientName, position } of collections.values()) {
    if (clientName === undefined || clientName === name) continue
    const other = taken.get(clientName)
    const of = `the name '${clientName}' of '${name}' in clients`
    if (collections.has(clientName)) report(position, `${of} is the name of a collection`)
    else if (other !== undefined) report(position, `${of} is that of '${other}' too`)
    else taken.set(clientName, name)
  }
  for (const collection of collections.values()) checkFieldNames(schema, collection, report)
}

function checkFieldNames(schema: Schema, collection: Collection, report: Report): void {
  const taken = new Map<string, string>()
  const relations = listRelations(schema, collection)
  for (const { name, clientName, position } of collection.fields.values()) {
    if (clientName === undefined) continue
    const other = taken.get(clientName)
    const of = `the name '${clientName}' of '${collection.name}.${name}' in clients`
    if (collection.fields.has(clientName)) report(position, `${of} is the name of a field`)
    else if (relations.some((relation) => relation.name === clientName)) report(position, `${of} is that of a relation`)
    else if (other !== undefined) report(position, `${of} is that of '${other}' too`)
    else taken.set(clientName, name)
  }
}

/** Indexes and tables share one namespace in SQLite. */
function checkIndexNames(schema: Schema, report: Report): void {
  const taken = new Map<string, string>()
  for (const { name, table } of schema.collections.values())
    taken.set(lower(table), `the table of collection '${name}'`)
  for (const collection of schema.collections.values()) {
    for (const index of indexesOf(collection)) {
      const earlier = taken.get(lower(index.name))
      if (earlier !== undefined) report(index.position, `index name '${index.name}' is taken by ${earlier}`)
      else taken.set(lower(index.name), `an index of '${collection.name}'`)
    }
  }
}

function checkRelationNames(schema: Schema, report: Report): void {
  for (const collection of schema.collections.values()) {
    const names = new Set<string>()
    for (const relation of listRelations(schema, collection)) {
      const field = relation.kind === 'forward' ? relation.field : relation.sourceField
      const isOwnName = relation.kind === 'forward' && relation.name === field.name
      if (names.has(relation.name) || (!isOwnName && collection.fields.has(relation.name))) {
        report(
          field.position,
          `the relation of '${field.name}' would be named '${relation.name}' in '${collection.name}', but that name is taken: rename one of them`,
        )
      }
      names.add(relation.name)
    }
  }
}

function lower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
