import { posix } from 'node:path'
import type { CheckedFile } from './check-imports'
import type { Located } from './source-facts'
import type { Violation } from './violation'
import type { Workspace } from './workspaces'

/**
 * Circles of files that import values of one another, one for each group of them. In a circle the file that happens to be loaded first decides which
 * of the others meets an import that is not there yet. Types may go in circles: they are gone when a file is loaded.
 */
export function checkCircles(files: readonly CheckedFile[], workspaces: readonly Workspace[]): readonly Violation[] {
  const paths = new Set(files.map(({ path }) => path))
  const graph: Graph = new Map(
    files.map(({ path, facts }) => [
      path,
      facts.valueImports.flatMap(({ line, text }) => {
        const target = fileOf(path, text, { paths, workspaces })
        return target === null ? [] : [{ line, text: target }]
      }),
    ]),
  )
  return circularGroups(graph).map((group) => {
    const start = [...group].sort()[0] as string
    const { line, chain } = shortestCircle(graph, start, group)
    return { file: start, line, message: `values are imported in a circle: ${[start, ...chain].join(' → ')}` }
  })
}

/** The files that each file imports values of, and in which line. */
type Graph = ReadonlyMap<string, readonly Located[]>

/** The file of the repository that an import means; null where it means none. */
function fileOf(
  from: string,
  specifier: string,
  { paths, workspaces }: { readonly paths: ReadonlySet<string>; readonly workspaces: readonly Workspace[] },
): string | null {
  const base = specifier.startsWith('.')
    ? posix.join(posix.dirname(from), specifier)
    : exportedFile(specifier, workspaces)
  if (base === null) return null
  return [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`].find((path) => paths.has(path)) ?? null
}

function exportedFile(specifier: string, workspaces: readonly Workspace[]): string | null {
  for (const { folder, manifest } of workspaces) {
    if (manifest === undefined || !`${specifier}/`.startsWith(`${manifest.name}/`)) continue
    const target = manifest.exports?.[`.${specifier.slice(manifest.name.length)}`]
    if (typeof target === 'string') return posix.join(folder, target)
  }
  return null
}

/** Groups in which every file reaches every other (Tarjan's strongly connected components), without those of one file. */
function circularGroups(graph: Graph): readonly ReadonlySet<string>[] {
  const groups: ReadonlySet<string>[] = []
  const order = new Map<string, number>()
  const open: string[] = []
  const visit = (file: string): number => {
    const own = order.size
    let lowest = own
    order.set(file, own)
    open.push(file)
    for (const { text: next } of graph.get(file) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next))
      else if (open.includes(next)) lowest = Math.min(lowest, order.get(next) as number)
    }
    if (lowest === own) {
      const group = new Set(open.splice(open.indexOf(file)))
      if (group.size > 1) groups.push(group)
    }
    return lowest
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return groups
}

/** The shortest way from a file of a group back to it, and the line in which it begins. */
function shortestCircle(
  graph: Graph,
  start: string,
  group: ReadonlySet<string>,
): { readonly line: number; readonly chain: readonly string[] } {
  const ways: { readonly line: number; readonly chain: readonly string[] }[] = [{ line: 0, chain: [] }]
  const seen = new Set<string>()
  for (const { line, chain } of ways) {
    for (const next of graph.get(chain.at(-1) ?? start) ?? []) {
      if (!group.has(next.text) || seen.has(next.text)) continue
      seen.add(next.text)
      const way = { line: line === 0 ? next.line : line, chain: [...chain, next.text] }
      if (next.text === start) return way
      ways.push(way)
    }
  }
  throw new Error(`${start} is in no circle`)
}
