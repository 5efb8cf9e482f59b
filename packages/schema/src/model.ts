import type { JsonValue } from '@koyalite/contracts'
import type { Position } from '@koyalite/yaml'

export type { JsonValue, Position }

export const FIELD_TYPES = [
  'uuid',
  'string',
  'text',
  'int',
  'float',
  'bool',
  'timestamp',
  'date',
  'json',
  'blob',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export type Default =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  /** A fresh UUIDv7, or the next integer. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'now' }
  /** The day in UTC. */
  | { readonly kind: 'today' }
  /** The id of the user who makes the document; null for callers who are not users. */
  | { readonly kind: 'auth.id' }

export interface Reference {
  readonly collection: string
  readonly field: string
  readonly onDelete: 'cascade' | 'set null' | 'restrict'
}

export interface FieldValidation {
  readonly minLength?: number
  readonly maxLength?: number
  /** Of a date field a date, else a number. */
  readonly min?: number | string
  readonly max?: number | string
  readonly format?: 'email' | 'url' | 'uuid'
  readonly pattern?: string
  /** For strings, ints and floats; a field whose type is a named enum has its values here too. */
  readonly enum?: readonly (string | number)[]
}

/** A CEL expression of the schema, not yet compiled. */
export interface Expression {
  readonly source: string
  readonly position: Position
}

export interface Field {
  readonly name: string
  readonly column: string
  readonly type: FieldType
  /** Name in `types`, if the field's type is a named enum (`type` is then `string`). */
  readonly enumName?: string
  /** Its type of `types` that hooks validate; `type` is then the base of it. */
  readonly ownType?: OwnType
  readonly description?: string
  readonly primary: boolean
  readonly unique: boolean
  readonly index: boolean
  readonly nullable: boolean
  /** Never leaves the server. */
  readonly internal: boolean
  readonly default?: Default
  readonly onUpdateNow: boolean
  readonly references?: Reference
  readonly validation: FieldValidation
  /** JSON Schema of a json field. */
  readonly jsonSchema?: JsonValue
  /** What the field is called in clients, where that is not its name. */
  readonly clientName?: string
  readonly read?: Expression
  readonly write?: Expression
  /** A field that a project had under this name before it was built in: it never becomes the built-in one. */
  readonly predatesBuiltIn?: true
  /** Its column, in the table of another program, compares text in a way of its own (COLLATE NOCASE). Found out when a database is served; no part of schema.yaml. */
  readonly collated?: true
  readonly position: Position
}

export interface Index {
  readonly name: string
  readonly fields: readonly string[]
  readonly order: 'asc' | 'desc'
  readonly unique: boolean
  readonly position: Position
}

export type Operation = 'create' | 'read' | 'update' | 'delete'
export const OPERATIONS = ['create', 'read', 'update', 'delete'] as const satisfies readonly Operation[]

export interface Policy {
  readonly name: string
  readonly on: readonly Operation[]
  readonly effect: 'permit' | 'restrict'
  readonly using?: Expression
  readonly check?: Expression
  readonly position: Position
}

export interface Collection {
  readonly name: string
  readonly table: string
  /** What one document is called in clients and in OpenAPI; without it, they make a name of the collection's. */
  readonly singular?: string
  /** What the collection is called in clients, where that is not its name. */
  readonly clientName?: string
  readonly description?: string
  readonly fields: ReadonlyMap<string, Field>
  readonly primaryKey: Field
  readonly indexes: readonly Index[]
  readonly rules: Readonly<Partial<Record<Operation, Expression>>>
  readonly policies: readonly Policy[]
  /** Reads and writes are written to the audit log. */
  readonly audit: boolean
  /** The table of another program, where any column may hold a value of any type. Found out when a database is served; no part of schema.yaml. */
  readonly untyped?: true
  readonly position: Position
}

export interface Role {
  readonly name: string
  readonly inherits: readonly string[]
  readonly permissions: readonly string[]
}

export interface EnumType {
  readonly name: string
  readonly values: readonly string[]
}

/** A type of the project: values of a built-in type that code of the project, which is found by a name, has to accept. */
export interface OwnType {
  readonly name: string
  readonly base: FieldType
  readonly validate: string
}

/** A named part of rules. Where a rule calls it, its body stands as a whole expression, with the arguments of the call as its parameters. */
export interface Definition {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: Expression
  readonly position: Position
}

/** A checked schema: every name in it refers to something that exists, and `users` is always there. */
export interface Schema {
  readonly version: 1
  readonly enums: ReadonlyMap<string, EnumType>
  readonly ownTypes: ReadonlyMap<string, OwnType>
  readonly roles: ReadonlyMap<string, Role>
  readonly definitions: ReadonlyMap<string, Definition>
  /** In the order of the file; `users` first where the file does not mention it. */
  readonly collections: ReadonlyMap<string, Collection>
}

/** One thing wrong with schema.yaml. `message` includes the suggestion, if there is one. */
export interface SchemaProblem extends Position {
  readonly file: string
  readonly message: string
}
