/**
 * The first statement of an SQL text that would end the migration's transaction or begin another one, or undefined. A migration is all or nothing: COMMIT in
 * the midst of it would keep one half. The END of a trigger is none.
 */
export function transactionControl(sql: string): string | undefined {
  let isTrigger = false
  let atStart = true
  let depth = 0
  for (const [token] of sql.matchAll(TOKENS)) {
    const word = token.toUpperCase()
    if (token === ';') {
      atStart = true
      continue
    }
    if (!/^[A-Z_]/.test(word)) {
      if (!/^(\s|--|\/\*)/.test(token)) atStart = false
      continue
    }
    if (atStart && !isTrigger && CONTROL.has(word)) return word
    if (word === 'TRIGGER' && depth === 0) isTrigger = true
    else if (isTrigger && (word === 'BEGIN' || word === 'CASE')) depth++
    else if (isTrigger && word === 'END' && --depth === 0) isTrigger = false
    atStart = false
  }
  return undefined
}

/** Comments, strings and quoted names as one; words; anything else by the character. */
const TOKENS =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[A-Za-z_]\w*|\s+|[\s\S]/g

const CONTROL = new Set(['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'VACUUM', 'ATTACH', 'DETACH'])
