import { setPriority } from 'node:os'
import { withoutWorkBudget } from '@koyalite/contracts'
import { endWithParent } from '@koyalite/sqlite'
import type { SqlAsk, SqlReply } from './sql-protocol'
import { type SqlSessionOptions, sqlSession } from './sql-session'

/** Requests of the server have precedence over a statement that somebody tries. */
const LOW_PRIORITY = 10
/** So much is read before it is asked for. */
const REPLY_CHARACTERS = 256 * 1024

/** The whole life of a process for statements: those of one request. Its parent kills it when that is over, or takes too long. */
export function runSqlProcess(options: Omit<SqlSessionOptions, 'onOpen' | 'onFault'>): void {
  endWithParent()
  process.on('disconnect', () => process.exit(0))
  let lines: Generator<string, void> | null = null
  const opened = new Set<string>()
  let fault: string | null = null
  const onOpen = (name: string) => void opened.add(name)
  const onFault = (error: unknown) => {
    fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  process.on('message', (ask: SqlAsk) => {
    if (ask.type === 'begin') {
      setPriority(LOW_PRIORITY)
      lines = sqlSession(ask.request, { ...options, onOpen, onFault })
    }
    const from = lines
    if (from === null) return
    const portion = withoutWorkBudget(() => portionOf(from))
    const reply: SqlReply = { ...portion, opened: [...opened], fault }
    process.send?.(reply)
  })
}

/** The next lines: one for the columns and the first rows comes early. */
function portionOf(lines: Generator<string, void>): Pick<SqlReply, 'text' | 'isLast'> {
  let text = ''
  while (text.length < REPLY_CHARACTERS) {
    const next = lines.next()
    if (next.done === true) return { text, isLast: true }
    text += next.value
  }
  return { text, isLast: false }
}
