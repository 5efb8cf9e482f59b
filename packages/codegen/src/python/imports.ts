/** The imports of one file, as far as it uses them. */
export interface Imports {
  /** @returns what the name is called in this file: `_Str` instead of `str` where a field is called so */
  use(module: string, name: string): string
  /** A name of another file of the package, as it is. */
  own(module: string, name: string): void
  /** Another file of the package. @returns its name here */
  module(name: string): string
  /** What is the same for every schema. @returns its name here */
  runtime(): string
  /** The lines, in the order of isort. */
  readonly text: string
}

/** With an underscore, because fields and collections may be called like a file. */
function moduleName(name: string): string {
  return `_${name}${/^runtime_*$/.test(name) ? '_' : ''}`
}

/** @param taken names in the file that are no imports */
export function createImports(taken: ReadonlySet<string>): Imports {
  const names = new Map<string, Set<string>>()
  const modules = new Set<string>()
  const ownNames = new Map<string, Set<string>>()
  let usesRuntime = false
  // Fields and files begin with small letters.
  const localName = (name: string) => (taken.has(name) ? `_${name.slice(0, 1).toUpperCase()}${name.slice(1)}` : name)
  const add = (module: string, name: string) => {
    const known = names.get(module) ?? new Set()
    names.set(module, known.add(name))
  }
  return {
    use(module, name) {
      // Those of `builtins` are there, unless something else is called so.
      if (module !== 'builtins' || taken.has(name)) add(module, name)
      return localName(name)
    },
    own(module, name) {
      ownNames.set(module, (ownNames.get(module) ?? new Set()).add(name))
    },
    module(name) {
      modules.add(name)
      return moduleName(name)
    },
    runtime() {
      usesRuntime = true
      return '_runtime'
    },
    get text() {
      const others = [...names]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([module, used]) => importLines(module, [...used].sort(isortOrder), localName))
      const own = [...modules].sort(naturalOrder).map((name) => importLines('.', [name], moduleName))
      const named = [...ownNames].map(([module, used]) =>
        importLines(`.${module}`, [...used].sort(isortOrder), (name) => name),
      )
      const runtime = usesRuntime ? ['from ._runtime import api as _runtime\n'] : []
      return [others.join(''), [...own, ...named, ...runtime].join('')].filter((text) => text !== '').join('\n')
    },
  }
}

/** Each name that gets another one has a line of its own. */
function importLines(module: string, names: readonly string[], localName: (name: string) => string): string {
  const plain = names.filter((name) => localName(name) === name)
  const renamed = names.filter((name) => localName(name) !== name)
  return [...(plain.length === 0 ? [] : [plain]), ...renamed.map((name) => [name])]
    .sort(([a = ''], [b = '']) => isortOrder(a, b))
    .map((line) => line.map((name) => (localName(name) === name ? name : `${name} as ${localName(name)}`)))
    .map((line) => importLine(module, line))
    .join('')
}

function importLine(module: string, names: readonly string[]): string {
  const line = `from ${module} import ${names.join(', ')}\n`
  return line.length <= 89 ? line : `from ${module} import (\n${names.map((name) => `    ${name},\n`).join('')})\n`
}

/** Names of an import: constants, classes, others; among these, capitals make a difference only where nothing else does. */
export function isortOrder(a: string, b: string): number {
  return rank(a) - rank(b) || naturalOrder(a.toLowerCase(), b.toLowerCase()) || naturalOrder(a, b)
}

/** Names in `__all__`: the same, but capitals come first. */
export function exportOrder(a: string, b: string): number {
  return rank(a) - rank(b) || naturalOrder(a, b)
}

function rank(name: string): number {
  if (/^[A-Z0-9_]{2,}$/.test(name)) return 0
  return /^[A-Z]/.test(name) ? 1 : 2
}

/** `a2` before `a10`. */
export function naturalOrder(a: string, b: string): number {
  const parts = (name: string) => [...name.matchAll(/\d+|\D/g)].map(([part]) => part)
  const [left, right] = [parts(a), parts(b)]
  const at = left.findIndex((part, i) => part !== right[i])
  if (at === -1) return left.length - right.length
  const [x = '', y = ''] = [left[at], right[at]]
  return Number(x) - Number(y) || (x < y ? -1 : 1)
}
