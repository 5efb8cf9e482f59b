import { sameName } from '../function-name'
import { METHODS, type Method } from './manifest-keys'
import { routeShape } from './route-pattern'

/** A function by its name, and the file that the name comes from. */
export interface NamedFunction {
  readonly name: string
  readonly file: string
}

/** A function with where it can be called besides its name. */
export interface RoutedFunction extends NamedFunction {
  /** A raw one has all paths below its own, too. */
  readonly kind: 'typed' | 'raw'
  readonly route: string | null
  /** Null: those of its kind. */
  readonly methods: readonly Method[] | null
}

/** What is wrong with functions beside one another: each of those that conflict, with the reasons. */
export type Conflicts<T> = ReadonlyMap<T, readonly string[]>

/** Functions that have one name, or names that are one to clients and some file systems. */
export function nameConflicts<T extends NamedFunction>(functions: readonly T[]): Conflicts<T> {
  return conflictsBetween(functions, (one, other) => {
    if (one.name === other.name) return `the function '${one.name}' is also in ${other.file}: rename one of them`
    if (sameName(one.name) !== sameName(other.name)) return null
    return `the names '${one.name}' and '${other.name}' (${other.file}) are too alike: clients and some file systems take them for one`
  })
}

/** Functions that would answer the same requests: which one does must not depend on the order of files. */
export function routeConflicts<T extends RoutedFunction>(functions: readonly T[]): Conflicts<T> {
  return conflictsBetween(functions, (one, other) => {
    const shapes = new Set(shapesOf(other))
    if (!shapesOf(one).some((shape) => shapes.has(shape))) return null
    const shared = methodsOf(one).filter((method) => methodsOf(other).includes(method))
    if (shared.length === 0) return null
    return `the route '${one.route}' is also that of '${other.name}' (${other.file}), for ${shared.join(', ')}`
  })
}

function conflictsBetween<T>(functions: readonly T[], conflict: (one: T, other: T) => string | null): Conflicts<T> {
  const found = functions.map((one) => {
    const reasons = functions.flatMap((other) => (other === one ? [] : (conflict(one, other) ?? [])))
    return [one, reasons] as const
  })
  return new Map(found.filter(([, reasons]) => reasons.length > 0))
}

function shapesOf({ kind, route }: RoutedFunction): readonly string[] {
  if (route === null) return []
  const shape = routeShape(route)
  return kind === 'typed' || shape.endsWith('/*') ? [shape] : [shape, `${shape}/*`]
}

function methodsOf({ kind, methods }: RoutedFunction): readonly Method[] {
  return kind === 'typed' ? ['POST'] : (methods ?? METHODS)
}
