import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'oxc-parser'

/** Of one module, what is left of its declarations when only what entries export, and what that refers to, stays. */
export interface PublicModule {
  /** `live/realtime` */
  readonly place: string
  readonly imports: readonly PublicImport[]
  /** Whole statements with their comments, in the order of the module. */
  readonly statements: readonly string[]
}

export interface PublicImport {
  readonly keyword: 'import type' | 'export' | 'export type'
  /** As it was written. */
  readonly specifier: string
  /** `{ A, B as C }`, or `*` */
  readonly names: string
}

type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<Record<string, unknown>>

/** Declarations that refer to one another across modules. @param folder of .d.ts files, as the compiler writes them */
export function publicDeclarations(folder: string, entries: readonly string[]): readonly PublicModule[] {
  const modules = new Map<string, Module>()
  const moduleAt = (place: string) => {
    const module = modules.get(place) ?? new Module(place, readFileSync(join(folder, `${place}.d.ts`), 'utf8'))
    modules.set(place, module)
    return module
  }

  function needExport(place: string, name: string): boolean {
    const module = moduleAt(place)
    if (module.declarations.has(name)) {
      needDeclaration(module, name)
      return true
    }
    const passedOn = module.named.find((one) => one.isExport && one.names.has(name))
    if (passedOn !== undefined) {
      passedOn.needed.add(name)
      needFrom(module, passedOn, passedOn.names.get(name) ?? name)
      return true
    }
    const star = module.stars.find(
      ({ specifier }) => specifier.startsWith('.') && needExport(module.target(specifier), name),
    )
    if (star !== undefined) star.isNeeded = true
    return star !== undefined
  }

  function needFrom(module: Module, { specifier }: Named, name: string): void {
    if (!specifier.startsWith('.')) return
    if (!needExport(module.target(specifier), name)) throw new Error(`${specifier} of ${module.place} has no '${name}'`)
  }

  function needDeclaration(module: Module, name: string): void {
    const declaration = module.declarations.get(name)
    if (declaration === undefined || module.needed.has(declaration)) return
    module.needed.add(declaration)
    for (const used of namesIn(declaration)) {
      needDeclaration(module, used)
      const imported = module.named.find((one) => !one.isExport && one.names.has(used))
      if (imported === undefined) continue
      imported.needed.add(used)
      needFrom(module, imported, imported.names.get(used) ?? used)
    }
    // Types that the compiler has inferred are imported in their place.
    const text = module.textOf(declaration)
    for (const [, specifier = '', used = ''] of text.matchAll(/\bimport\("([^"]+)"\)\.(\w+)/g)) {
      if (specifier.startsWith('.')) needExport(module.target(specifier), used)
    }
  }

  for (const entry of entries) needAll(entry)
  return [...modules.values()].map((module) => module.rest()).sort((a, b) => (a.place < b.place ? -1 : 1))

  function needAll(place: string): void {
    const module = moduleAt(place)
    for (const [name, { type }] of module.declarations) if (type.startsWith('Export')) needExport(place, name)
    for (const one of module.named) if (one.isExport) for (const name of one.names.keys()) needExport(place, name)
    for (const star of module.stars) {
      star.isNeeded = true
      if (star.specifier.startsWith('.')) needAll(module.target(star.specifier))
    }
  }
}

interface Named {
  readonly specifier: string
  readonly isExport: boolean
  readonly isType: boolean
  /** From the name here to the name there. */
  readonly names: ReadonlyMap<string, string>
  readonly needed: Set<string>
}

class Module {
  readonly place: string
  readonly declarations = new Map<string, Node>()
  readonly named: Named[] = []
  readonly stars: { readonly specifier: string; readonly isType: boolean; isNeeded: boolean }[] = []
  readonly needed = new Set<Node>()
  readonly #text: string
  readonly #starts = new Map<Node, number>()

  constructor(place: string, text: string) {
    this.place = place
    this.#text = text
    let end = 0
    for (const statement of parseSync(`${place}.d.ts`, text).program.body as unknown as readonly Node[]) {
      // A comment before a statement belongs to it.
      this.#starts.set(statement, end)
      end = statement.end
      this.#read(statement)
    }
  }

  textOf({ start, end }: Node): string {
    return this.#text.slice(start, end)
  }

  target(specifier: string): string {
    return join(dirname(this.place), specifier)
  }

  rest(): PublicModule {
    const imports = this.named
      .filter(({ needed }) => needed.size > 0)
      .map(({ specifier, isExport, isType, names, needed }): PublicImport => {
        const keyword = isExport ? (isType ? 'export type' : 'export') : 'import type'
        const list = [...needed].map((name) => {
          const there = names.get(name) ?? name
          return there === name ? name : `${there} as ${name}`
        })
        return { keyword, specifier, names: `{ ${list.sort().join(', ')} }` }
      })
    const stars = this.stars
      .filter(({ isNeeded }) => isNeeded)
      .map(
        ({ specifier, isType }): PublicImport => ({
          keyword: isType ? 'export type' : 'export',
          specifier,
          names: '*',
        }),
      )
    const statements = [...this.#starts]
      .filter(([node]) => this.needed.has(node))
      .map(([node, start]) => this.#text.slice(start, node.end).trim())
    return { place: this.place, imports: [...imports, ...stars], statements }
  }

  #read(statement: Node): void {
    const { type, source, specifiers, declaration } = statement
    const specifier = (source as { readonly value: string } | null | undefined)?.value
    if (type === 'ExportAllDeclaration') {
      this.stars.push({ specifier: specifier ?? '', isType: statement.exportKind === 'type', isNeeded: false })
    } else if (specifier !== undefined) {
      const isExport = type === 'ExportNamedDeclaration'
      const names = (specifiers as readonly Node[]).map((one): [string, string] =>
        isExport ? [nameOf(one.exported), nameOf(one.local)] : [nameOf(one.local), nameOf(one.imported)],
      )
      const isType = statement.exportKind === 'type'
      this.named.push({ specifier, isExport, isType, names: new Map(names), needed: new Set() })
    } else {
      const declared = (declaration ?? statement) as Node
      const ids = (declared.declarations as readonly Node[] | undefined) ?? [declared]
      for (const one of ids) if (one.id) this.declarations.set(nameOf(one.id), statement)
    }
  }
}

function nameOf(node: unknown): string {
  return (node as { readonly name: string }).name
}

/** All names in a declaration but those of its properties. */
function namesIn(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(namesIn)
  if (typeof node !== 'object' || node === null) return []
  const { type, name, computed } = node as Readonly<Record<string, unknown>>
  const own = type === 'Identifier' && typeof name === 'string' ? [name] : []
  const inner = Object.entries(node).flatMap(([key, value]) =>
    key === 'key' && computed !== true ? [] : namesIn(value),
  )
  return [...own, ...inner]
}
