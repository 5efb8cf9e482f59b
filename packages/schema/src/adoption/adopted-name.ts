import { NAME } from '../names'

/** An allowed name for each of those that a database has, none of them twice: `AlbumId` → `album_id`. */
export function adoptedNames(names: readonly string[], prefix: string): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  // Those that may stay as they are come first.
  const order = names.toSorted((a, b) => Number(NAME.test(b)) - Number(NAME.test(a)))
  const chosen = new Map(
    order.map((name) => {
      const wanted = NAME.test(name) ? name : snakeCase(name, prefix)
      let free = wanted
      for (let n = 2; taken.has(free); n++) free = `${wanted.slice(0, 63 - String(n).length - 1)}_${n}`
      taken.add(free)
      return [name, free]
    }),
  )
  return new Map(names.map((name) => [name, chosen.get(name) ?? name]))
}

function snakeCase(name: string, prefix: string): string {
  const snake = name
    .normalize('NFKD')
    .replaceAll('ß', 'ss')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return (NAME.test(snake.slice(0, 63)) ? snake : `${prefix}_${snake}`.replace(/_+$/, '')).slice(0, 63)
}
