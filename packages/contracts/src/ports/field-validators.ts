import type { JsonValue } from '../json-value'

/** What is wrong with a value of its base, as text for whoever sent it; null where nothing is. */
export type FieldValidator = (value: JsonValue) => string | null

/** What code of the project says of values of the types that schema.yaml declares (`types: { iban: { base: string, validate: iban } }`). */
export interface FieldValidators {
  /** Null where nothing supplies one of this name: nothing of its types can be written then. */
  of(name: string): FieldValidator | null
}
