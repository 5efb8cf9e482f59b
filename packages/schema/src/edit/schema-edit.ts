import type { JsonValue } from '@koyalite/contracts'
import type { Operation } from '../model'

/** Options as schema.yaml has them: `{ type: string, maxLength: 200 }`. */
export type WrittenOptions = Readonly<Record<string, JsonValue>>

/** One change of schema.yaml, as somebody means it. `before` is a neighbour's name; without it the place is the last. */
export type SchemaEdit =
  | { readonly type: 'add_collection'; readonly collection: string; readonly value: WrittenOptions }
  | { readonly type: 'rename_collection'; readonly from: string; readonly to: string }
  | { readonly type: 'drop_collection'; readonly collection: string }
  /** An option that is null is taken out. */
  | { readonly type: 'set_collection'; readonly collection: string; readonly options: WrittenOptions }
  | {
      readonly type: 'add_field'
      readonly collection: string
      readonly field: string
      readonly value: WrittenOptions
      readonly before?: string | undefined
    }
  | { readonly type: 'rename_field'; readonly collection: string; readonly from: string; readonly to: string }
  | { readonly type: 'drop_field'; readonly collection: string; readonly field: string }
  /** An option that is null is taken out. */
  | {
      readonly type: 'set_field'
      readonly collection: string
      readonly field: string
      readonly options: WrittenOptions
    }
  | {
      readonly type: 'move_field'
      readonly collection: string
      readonly field: string
      readonly before?: string | undefined
    }
  /** Of a field that lists its values itself. */
  | {
      readonly type: 'rename_field_value'
      readonly collection: string
      readonly field: string
      readonly from: string | number
      readonly to: string | number
    }
  /** `replacement` is what documents get that have the value; null where there are none. */
  | {
      readonly type: 'remove_field_value'
      readonly collection: string
      readonly field: string
      readonly value: string | number
      readonly replacement: string | number | null
    }
  /** Adds the index, or replaces the one of this name. */
  | { readonly type: 'set_index'; readonly collection: string; readonly index: string; readonly value: WrittenOptions }
  | { readonly type: 'drop_index'; readonly collection: string; readonly index: string }
  /** Null takes the rule out. */
  | {
      readonly type: 'set_rule'
      readonly collection: string
      readonly operation: Operation
      readonly rule: string | null
    }
  /** Adds the policy, or replaces the one of this name. */
  | {
      readonly type: 'set_policy'
      readonly collection: string
      readonly policy: string
      readonly value: WrittenOptions
    }
  | { readonly type: 'drop_policy'; readonly collection: string; readonly policy: string }
  /** Null takes the definition out. */
  | { readonly type: 'set_definition'; readonly signature: string; readonly body: string | null }
  | { readonly type: 'add_enum'; readonly enum: string; readonly values: readonly string[] }
  | { readonly type: 'rename_enum'; readonly from: string; readonly to: string }
  | { readonly type: 'drop_enum'; readonly enum: string }
  | {
      readonly type: 'add_value'
      readonly enum: string
      readonly value: string
      readonly before?: string | undefined
    }
  | { readonly type: 'rename_value'; readonly enum: string; readonly from: string; readonly to: string }
  /** `replacement` is what documents get that have the value; null where there are none. */
  | {
      readonly type: 'remove_value'
      readonly enum: string
      readonly value: string
      readonly replacement: string | null
    }
  | {
      readonly type: 'move_value'
      readonly enum: string
      readonly value: string
      readonly before?: string | undefined
    }

/** Another name for something that rules mention. */
export type SchemaRename =
  | { readonly kind: 'collection'; readonly from: string; readonly to: string }
  | { readonly kind: 'field'; readonly collection: string; readonly from: string; readonly to: string }
  /** A value of the enum of these fields, each as `collection.field`. */
  | { readonly kind: 'value'; readonly fields: ReadonlySet<string>; readonly from: string; readonly to: string }

/** What a difference of two files does not say: that something has another name and is the same. In the order of the edits. */
export type SchemaIntent =
  | { readonly kind: 'rename_collection'; readonly from: string; readonly to: string }
  | { readonly kind: 'rename_field'; readonly collection: string; readonly from: string; readonly to: string }
  /** Documents with the value get the other one. */
  | {
      readonly kind: 'replace_value'
      readonly collection: string
      readonly field: string
      readonly from: string | number
      readonly to: string | number
    }
