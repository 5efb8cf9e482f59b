import { expect } from 'bun:test'
import type { SqlLine } from '@koyalite/contracts'
import type { TestServer } from '@koyalite/testkit'

export interface SqlAnswer {
  readonly status: number
  /** Of the response, or of the line with which it ends. */
  readonly error: { readonly code: string; readonly message: string } | null
  readonly lines: readonly SqlLine[]
  /** Of all statements. */
  readonly rows: readonly (readonly unknown[])[]
}

export interface SqlBody {
  readonly sql: string
  readonly mode?: string
  readonly limit?: number
  readonly internal?: boolean
  readonly run?: string
}

/** Runs SQL as whoever these headers are. */
export async function runSql(
  server: TestServer,
  headers: Readonly<Record<string, string>>,
  body: SqlBody,
  signal?: AbortSignal,
): Promise<SqlAnswer> {
  const response = await fetch(`${server.process.url}/api/admin/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
  const text = await response.text()
  if (response.status !== 200) return { status: response.status, error: JSON.parse(text).error, lines: [], rows: [] }
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): SqlLine => JSON.parse(line))
  const last = lines.at(-1)
  return {
    status: 200,
    error: last?.type === 'error' ? last : null,
    lines,
    rows: lines.flatMap((line) => (line.type === 'rows' ? line.rows : [])),
  }
}

export function linesOf<Type extends SqlLine['type']>(
  { lines }: SqlAnswer,
  type: Type,
): readonly (SqlLine & { readonly type: Type })[] {
  return lines.filter((line): line is SqlLine & { readonly type: Type } => line.type === type)
}

export function expectRows(answer: SqlAnswer, rows: readonly (readonly unknown[])[]): void {
  expect({ error: answer.error, rows: answer.rows }).toEqual({ error: null, rows })
}
