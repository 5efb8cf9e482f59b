/** The values of a function's input or output, by field. A field is required unless it says `optional: true` or has a default. */
export type ShortSchema = { readonly [field: string]: SchemaField }

/** One field, or one element of an array. */
export type SchemaField = SchemaTypeName | SchemaFieldOptions

/** Those of JSON Schema, and those of schema.yaml. */
export type SchemaTypeName = keyof TypeNames

interface TypeNames {
  string: string
  text: string
  uuid: string
  /** RFC 3339. */
  timestamp: string
  /** `2026-01-31` */
  date: string
  number: number
  float: number
  integer: number
  int: number
  boolean: boolean
  bool: boolean
  object: Record<string, unknown>
  array: unknown[]
  json: unknown
}

export interface SchemaFieldOptions {
  readonly type: SchemaTypeName
  readonly required?: boolean
  readonly optional?: boolean
  readonly nullable?: boolean
  readonly default?: unknown
  readonly description?: string
  readonly enum?: readonly (string | number | boolean | null)[]
  /** Of strings. */
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: 'email' | 'url' | 'uri' | 'uuid' | 'date' | 'timestamp' | 'date-time'
  /** Of numbers. */
  readonly min?: number
  readonly max?: number
  readonly minimum?: number
  readonly maximum?: number
  /** Of arrays. */
  readonly items?: SchemaField
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  /** Of objects. */
  readonly properties?: ShortSchema
  readonly additionalProperties?: boolean
}

/** A JSON Schema: the types of its values are not inferred. */
export type JsonSchema = { readonly [keyword: string]: unknown } & (
  | { readonly type: JsonType | readonly JsonType[] }
  | { readonly $schema: string }
  | { readonly $ref: string }
  | { readonly anyOf: readonly unknown[] }
  | { readonly oneOf: readonly unknown[] }
  | { readonly allOf: readonly unknown[] }
)

type JsonType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'

/** The type of the values that a schema allows. */
export type ValueOf<S> = S extends JsonSchema ? unknown : S extends ShortSchema ? FieldsOf<S> : unknown

type FieldsOf<S extends ShortSchema> = Flat<
  { -readonly [F in keyof S as IsOptional<S[F]> extends true ? never : F]: FieldValue<S[F]> } & {
    -readonly [F in keyof S as IsOptional<S[F]> extends true ? F : never]?: FieldValue<S[F]>
  }
>

type IsOptional<F> = F extends { readonly optional: true } | { readonly required: false } ? true : false

type FieldValue<F> = F extends { readonly nullable: true } ? PlainValue<F> | null : PlainValue<F>

type PlainValue<F> = F extends SchemaTypeName
  ? Named<F>
  : F extends { readonly enum: readonly (infer E)[] }
    ? E
    : F extends { readonly type: 'array'; readonly items: infer I }
      ? FieldValue<I>[]
      : F extends { readonly type: 'object'; readonly properties: infer P extends ShortSchema }
        ? FieldsOf<P>
        : F extends { readonly type: infer T extends SchemaTypeName }
          ? Named<T>
          : unknown

type Named<T extends SchemaTypeName> = TypeNames[T]

/** As editors show it. */
type Flat<T> = { [K in keyof T]: T[K] }
