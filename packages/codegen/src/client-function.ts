import type { JsonValue } from '@koyalite/contracts'

/** A function of the project, with the JSON Schemas of what it takes and returns; null where it has none. */
export interface ClientFunction {
  readonly name: string
  /** It has `access`: clients can call it. */
  readonly hasDoor: boolean
  readonly input: JsonValue | null
  readonly output: JsonValue | null
}

/** The functions of a project. */
export interface ProjectFunctions {
  readonly all: readonly ClientFunction[]
  /** Their code is here: editors are told what is around it. */
  readonly areHere: boolean
  /** Names of the project's templates of emails. By default none. */
  readonly templates?: readonly string[]
}

/** In the order of their names. */
export function calledByClients(functions: readonly ClientFunction[]): readonly ClientFunction[] {
  return functions.filter(({ hasDoor }) => hasDoor).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** `send-digest` → `SendDigest` */
export function functionTypeName(name: string): string {
  return name
    .split(/[-_]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
