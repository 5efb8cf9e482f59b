import { isWord, type SqlToken, sqlTokens, tokenName } from './sql-tokens'

/**
 * The statements of an SQL text, without the semicolons between them. A split in the wrong place does no harm: the caller prepares each statement alone, and
 * SQLite refuses a text that holds more than one.
 */
export function splitStatements(sql: string): readonly string[] {
  return statementTokens(sql).flatMap((tokens) => {
    const [first, last] = [tokens[0], tokens.at(-1)]
    return first && last ? [sql.slice(first.start, last.end)] : []
  })
}

/** Why an SQL text may not be an operation of a migration; undefined where it may. */
export function operationProblem(sql: string): string | undefined {
  for (const tokens of statementTokens(sql)) {
    const [first] = tokens
    if (first !== undefined && !isWord(first, ...STATEMENTS)) {
      return `${first.text.toUpperCase()} is not allowed: a migration is one transaction on the tables of the project; allowed statements are ${STATEMENTS.join(', ')}`
    }
  }
  return systemNameProblem(sqlTokens(sql))
}

/** Why an SQL text may not be the value of a field; undefined where it may. It is put into a statement of ours, which it must not end. */
export function fillProblem(sql: string): string | undefined {
  const tokens = sqlTokens(sql)
  const isWhole = tokens.every(({ kind, text }) => kind !== 'sign' || !/["'`[\];]/.test(text))
  if (!isWhole || !isBalanced(tokens) || hasOpenComment(sql)) return 'a fill must be one SQL expression'
  return systemNameProblem(tokens)
}

/** What may begin a statement of a migration. Not here: what ends or begins a transaction, other files (ATTACH, VACUUM INTO), settings (PRAGMA). */
const STATEMENTS = [
  ...['SELECT', 'VALUES', 'WITH', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE'],
  ...['CREATE', 'ALTER', 'DROP', 'REINDEX', 'ANALYZE'],
]

/** SQLite takes a string for a name where no string can stand. */
function systemNameProblem(tokens: readonly SqlToken[]): string | undefined {
  const named = tokens.find((token) => /^_koyalite_/.test(tokenName(token)))
  return named && `${named.text} is a system table: only the server may read and write it`
}

function statementTokens(sql: string): readonly (readonly SqlToken[])[] {
  const statements: SqlToken[][] = [[]]
  /** Inside of a trigger, how many BEGIN and CASE wait for their END. */
  let depth = 0
  for (const token of sqlTokens(sql)) {
    const statement = statements.at(-1) ?? []
    if (token.text === ';' && token.kind === 'sign' && depth === 0) {
      statements.push([])
      continue
    }
    statement.push(token)
    if (!isTrigger(statement)) continue
    if (isWord(token, 'BEGIN', 'CASE')) depth++
    if (isWord(token, 'END')) depth = Math.max(0, depth - 1)
  }
  return statements.filter((tokens) => tokens.length > 0)
}

function isTrigger(statement: readonly SqlToken[]): boolean {
  const [create, next, after] = statement
  return (
    isWord(create, 'CREATE') &&
    (isWord(next, 'TRIGGER') || (isWord(next, 'TEMP', 'TEMPORARY') && isWord(after, 'TRIGGER')))
  )
}

function isBalanced(tokens: readonly SqlToken[]): boolean {
  let depth = 0
  for (const { kind, text } of tokens) {
    if (kind !== 'sign') continue
    if (text === '(') depth++
    if (text === ')' && --depth < 0) return false
  }
  return depth === 0
}

/** One that would continue after the fill. */
function hasOpenComment(sql: string): boolean {
  const rest = sql.slice(sqlTokens(sql).at(-1)?.end ?? 0)
  const lastLine = rest.slice(rest.lastIndexOf('\n') + 1)
  const comments = rest.replaceAll(/\/\*[\s\S]*?\*\//g, '')
  return comments.includes('/*') || lastLine.includes('--')
}
