import type {
  Collection,
  Definition,
  Expression,
  Field,
  Index,
  JsonValue,
  OwnType,
  Policy,
  Position,
  Schema,
} from './model'
import { OPERATIONS } from './model'
import { CLAIMS, USERS } from './users'

/** The positions in a stored schema: none. */
const START: Position = { line: 1, column: 1 }

/** A schema without content: what a database has before its first one. Not even `users` is in it. */
export function emptySchema(): Schema {
  return {
    ...{ version: 1, enums: new Map(), ownTypes: new Map(), roles: new Map(), definitions: new Map() },
    collections: new Map(),
  }
}

/**
 * A schema as JSON text, for storage beside the data. Two schemas that mean the same give the same text: positions are left out, and keys
 * have a fixed order.
 */
export function serializeSchema(schema: Schema): string {
  return JSON.stringify({
    version: schema.version,
    enums: [...schema.enums.values()],
    ...(schema.ownTypes.size > 0 && { ownTypes: [...schema.ownTypes.values()] }),
    roles: [...schema.roles.values()],
    ...(schema.definitions.size > 0 && { definitions: [...schema.definitions.values()].map(storedDefinition) }),
    collections: [...schema.collections.values()].map(storedCollection),
    ...(hasBuiltInClaims(schema) && { builtIn: [CLAIMS] }),
  })
}

/** The schema that serializeSchema was given, with all positions at the beginning of the file. */
export function deserializeSchema(text: string): Schema {
  // Written by serializeSchema only; its shape is the type's.
  const stored = JSON.parse(text) as StoredSchema
  return {
    version: 1,
    enums: new Map(stored.enums.map((type) => [type.name, type])),
    ownTypes: new Map((stored.ownTypes ?? []).map((type) => [type.name, type])),
    roles: new Map(stored.roles.map((role) => [role.name, role])),
    definitions: new Map((stored.definitions ?? []).map((one) => [one.name, restoredDefinition(one)])),
    collections: new Map(
      stored.collections.map((collection) => [collection.name, restoredCollection(collection, stored.builtIn ?? [])]),
    ),
  }
}

function hasBuiltInClaims({ collections }: Schema): boolean {
  const claims = collections.get(USERS)?.fields.get(CLAIMS)
  return claims !== undefined && !claims.predatesBuiltIn
}

type Without<T, K extends keyof T> = Omit<T, K | 'position'>
type StoredField = Without<Field, 'read' | 'write' | 'predatesBuiltIn'> & {
  readonly read?: string
  readonly write?: string
}
type StoredPolicy = Without<Policy, 'using' | 'check'> & { readonly using?: string; readonly check?: string }
type StoredCollection = Without<Collection, 'fields' | 'primaryKey' | 'indexes' | 'rules' | 'policies'> & {
  readonly fields: readonly StoredField[]
  readonly indexes: readonly Omit<Index, 'position'>[]
  readonly rules: Readonly<Record<string, string>>
  readonly policies: readonly StoredPolicy[]
}
interface StoredDefinition {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: string
}
interface StoredSchema {
  readonly enums: readonly { readonly name: string; readonly values: readonly string[] }[]
  /** Absent where there are none. */
  readonly ownTypes?: readonly OwnType[]
  readonly roles: readonly {
    readonly name: string
    readonly inherits: readonly string[]
    readonly permissions: readonly string[]
  }[]
  /** Absent where there are none, and in what was stored before there were definitions. */
  readonly definitions?: readonly StoredDefinition[]
  readonly collections: readonly StoredCollection[]
  /** Fields of `users` that are the built-in ones, of those that the first versions did not have. */
  readonly builtIn?: readonly string[]
}

function storedDefinition({ name, parameters, body }: Definition): StoredDefinition {
  return { name, parameters, body: body.source }
}

function restoredDefinition({ name, parameters, body }: StoredDefinition): Definition {
  return { name, parameters, body: expression(body), position: START }
}

function storedCollection(collection: Collection): StoredCollection {
  const rules = OPERATIONS.flatMap((operation) => {
    const rule = collection.rules[operation]
    return rule ? [[operation, rule.source] as const] : []
  })
  return {
    name: collection.name,
    table: collection.table,
    ...(collection.singular !== undefined && { singular: collection.singular }),
    ...(collection.clientName !== undefined && { clientName: collection.clientName }),
    ...(collection.description !== undefined && { description: collection.description }),
    fields: [...collection.fields.values()].map(storedField),
    indexes: collection.indexes.map(({ name, fields, order, unique }) => ({ name, fields, order, unique })),
    rules: Object.fromEntries(rules),
    policies: collection.policies.map(({ name, on, effect, using, check }) => ({
      ...{ name, on, effect },
      ...(using && { using: using.source }),
      ...(check && { check: check.source }),
    })),
    audit: collection.audit,
  }
}

function storedField(field: Field): StoredField {
  const { minLength, maxLength, min, max, format, pattern, enum: values } = field.validation
  return {
    name: field.name,
    column: field.column,
    type: field.type,
    ...(field.enumName !== undefined && { enumName: field.enumName }),
    ...(field.ownType && { ownType: field.ownType }),
    ...(field.description !== undefined && { description: field.description }),
    primary: field.primary,
    unique: field.unique,
    index: field.index,
    nullable: field.nullable,
    internal: field.internal,
    ...(field.default && { default: field.default }),
    onUpdateNow: field.onUpdateNow,
    ...(field.references && { references: field.references }),
    validation: {
      ...(minLength !== undefined && { minLength }),
      ...(maxLength !== undefined && { maxLength }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...(format !== undefined && { format }),
      ...(pattern !== undefined && { pattern }),
      ...(values !== undefined && { enum: values }),
    },
    ...(field.jsonSchema !== undefined && { jsonSchema: field.jsonSchema as JsonValue }),
    ...(field.clientName !== undefined && { clientName: field.clientName }),
    ...(field.read && { read: field.read.source }),
    ...(field.write && { write: field.write.source }),
  }
}

function restoredCollection(stored: StoredCollection, builtIn: readonly string[]): Collection {
  const predates = (name: string) => stored.name === USERS && name === CLAIMS && !builtIn.includes(name)
  const fields = new Map(
    stored.fields.map((field) => [
      field.name,
      { ...restoredField(field), ...(predates(field.name) && { predatesBuiltIn: true as const }) },
    ]),
  )
  const primaryKey = [...fields.values()].find((field) => field.primary)
  if (!primaryKey) throw new Error(`the stored schema has no primary key in '${stored.name}'`)
  return {
    ...stored,
    fields,
    primaryKey,
    indexes: stored.indexes.map((index) => ({ ...index, position: START })),
    rules: Object.fromEntries(
      Object.entries(stored.rules).map(([operation, source]) => [operation, expression(source)]),
    ),
    policies: stored.policies.map(({ using, check, ...policy }) => ({
      ...policy,
      ...(using !== undefined && { using: expression(using) }),
      ...(check !== undefined && { check: expression(check) }),
      position: START,
    })),
    position: START,
  }
}

function restoredField({ read, write, ...field }: StoredField): Field {
  return {
    ...field,
    ...(read !== undefined && { read: expression(read) }),
    ...(write !== undefined && { write: expression(write) }),
    position: START,
  }
}

function expression(source: string): Expression {
  return { source, position: START }
}
