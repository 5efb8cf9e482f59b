/** They cannot be names; `match`, `type` and the like can. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...['and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except'],
  ...['finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass'],
  ...['raise', 'return', 'try', 'while', 'with', 'yield'],
])

/** Names in Python by names in the API: keywords and `taken` get an underscore, and another one where that is a name too. */
export function pythonNames(
  names: readonly string[],
  taken: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const used = new Set(names)
  return new Map(
    names.map((name) => {
      let own = name
      while (KEYWORDS.has(own) || taken.has(own) || (own !== name && used.has(own))) own += '_'
      used.add(own)
      return [name, own]
    }),
  )
}

export function isPythonName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !KEYWORDS.has(name) && !['None', 'True', 'False'].includes(name)
}
