import type { SqlCell, SqlChanges, SqlColumn, SqlIndexAdvice, SqlLine, SqlPlanStep } from '@koyalite/contracts'

export type SqlMode = 'read' | 'plan' | 'dry_run' | 'write'
export type SqlRow = readonly SqlCell[]

export interface StatementResult {
  readonly sql: string
  readonly columns: readonly SqlColumn[]
  readonly rows: readonly SqlRow[]
  readonly plan: { readonly steps: readonly SqlPlanStep[]; readonly advice: readonly SqlIndexAdvice[] } | null
  /** Null while it runs, and where it has failed. */
  readonly end: {
    readonly rows: number
    readonly cut: boolean
    readonly ms: number
    readonly changed: number | null
  } | null
  readonly error: SqlError | null
}

export interface SqlError {
  readonly code: string
  readonly message: string
  readonly requestId: string | null
  /** What the server asks for, as codes: of an error of the request. */
  readonly asks?: readonly string[]
}

export interface SqlOutcome {
  readonly mode: SqlMode
  readonly statements: readonly StatementResult[]
  readonly changes: {
    readonly collections: readonly SqlChanges[]
    readonly committed: boolean
    readonly action: string | null
  } | null
  /** What failed before the first statement could say anything. */
  readonly error: SqlError | null
  readonly isRunning: boolean
}

export interface RunOptions {
  readonly sql: string
  readonly mode: SqlMode
  readonly limit: number
  readonly internal: boolean
  /** The server ends the statements with the connection. */
  readonly signal: AbortSignal
  /** The statements as the page has divided them: what the first error is about. */
  readonly statements: readonly string[]
  onProgress(outcome: SqlOutcome): void
}

/** How often the page is told of more rows. */
const PROGRESS_MS = 400

/** Runs SQL and reports what has come so far; the last report is what it resolves with. It rejects only with what the signal was aborted for. */
export async function runSql(fetchStudio: typeof fetch, options: RunOptions): Promise<SqlOutcome> {
  const { sql, mode, limit, internal, signal, onProgress } = options
  const collected = new CollectedLines(mode, options.statements)
  let reported = 0
  try {
    const response = await fetchStudio('/api/admin/sql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql, mode, limit, internal }),
      signal,
    })
    if (!response.ok) return collected.failed(await errorOf(response))
    for await (const line of linesOf(response)) {
      collected.add(line)
      const now = performance.now()
      if (now - reported < PROGRESS_MS) continue
      reported = now
      onProgress(collected.outcome(true))
    }
    return collected.outcome(false)
  } catch (error) {
    if (signal.aborted) throw error
    const message = error instanceof Error ? error.message : String(error)
    return collected.failed({ code: 'UNREACHABLE', message, requestId: null })
  }
}

class CollectedLines {
  readonly #mode: SqlMode
  readonly #texts: readonly string[]
  readonly #statements: StatementResult[] = []
  #rows: SqlRow[] = []
  #changes: SqlOutcome['changes'] = null

  constructor(mode: SqlMode, texts: readonly string[]) {
    this.#mode = mode
    this.#texts = texts
  }

  add(line: SqlLine): void {
    switch (line.type) {
      case 'statement':
        this.#rows = []
        this.#statements.push({ ...EMPTY, sql: line.sql, columns: line.columns, rows: this.#rows })
        break
      case 'rows':
        for (const row of line.rows) this.#rows.push(row)
        break
      case 'plan':
        this.#last({ plan: { steps: line.steps, advice: line.advice } })
        break
      case 'end':
        this.#last({ end: line })
        break
      case 'changes':
        this.#changes = line
        break
      case 'error':
        this.#fail({ code: line.code, message: line.message, requestId: null })
    }
  }

  failed(error: SqlError): SqlOutcome {
    this.#fail(error)
    return this.outcome(false)
  }

  outcome(isRunning: boolean): SqlOutcome {
    const statements = this.#statements.map((one, at) =>
      // A new list: what shows it compares lists.
      at === this.#statements.length - 1 && one.end === null ? { ...one, rows: [...one.rows] } : one,
    )
    return { mode: this.#mode, statements, changes: this.#changes, error: null, isRunning }
  }

  #fail(error: SqlError): void {
    const last = this.#statements.at(-1)
    if (last !== undefined && last.end === null) this.#last({ error })
    else this.#statements.push({ ...EMPTY, sql: this.#texts[this.#statements.length] ?? '', error })
  }

  #last(change: Partial<StatementResult>): void {
    const last = this.#statements.pop()
    if (last !== undefined) this.#statements.push({ ...last, ...change })
  }
}

const EMPTY: StatementResult = { sql: '', columns: [], rows: [], plan: null, end: null, error: null }

async function errorOf(response: Response): Promise<SqlError> {
  const body: unknown = await response.json().catch(() => null)
  const error = (body as { readonly error?: ErrorBody })?.error
  return {
    code: error?.code ?? String(response.status),
    message: error?.message ?? 'The server has answered with an error.',
    requestId: error?.request_id ?? null,
    asks: error?.details?.map(({ code }) => code) ?? [],
  }
}

interface ErrorBody {
  readonly code?: string
  readonly message?: string
  readonly request_id?: string
  readonly details?: readonly { readonly code: string }[]
}

async function* linesOf(response: Response): AsyncGenerator<SqlLine> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) return
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    const lines = (rest + (value ?? '')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield JSON.parse(line) as SqlLine
    if (done) return
  }
}
