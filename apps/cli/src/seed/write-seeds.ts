import type { CollectionRow } from '../import/collection-rows'
import { RowError } from '../import/source-row'
import { ApiError, callProject, type Project } from '../project'

/** What is written for one row of a seed: an operation as a batch has it. */
export interface SeedWrite {
  readonly row: CollectionRow
  readonly operation: { readonly op: 'create' | 'update'; readonly id?: string | number; readonly data: object }
}

/** As much as a request may have, whatever the characters are. */
const MAX_CHARACTERS = 20_000_000

/**
 * Writes them in order, all or none; only what is too large for one request is written in several. Throws a RowError for the first that is
 * refused.
 */
export async function writeSeeds(project: Project, writes: readonly SeedWrite[]): Promise<void> {
  for (let start = 0; start < writes.length; ) {
    const lines: string[] = []
    for (let characters = 0; start + lines.length < writes.length; ) {
      const { row, operation } = writes[start + lines.length] as SeedWrite
      const line = JSON.stringify({ ...operation, collection: row.collection.name })
      characters += line.length + 1
      if (lines.length > 0 && characters > MAX_CHARACTERS) break
      lines.push(line)
    }
    await send(project, lines, (index) => writes[start + index]?.row)
    start += lines.length
  }
}

async function send(
  project: Project,
  lines: readonly string[],
  rowAt: (index: number) => CollectionRow | undefined,
): Promise<void> {
  try {
    await callProject(project, '/api/admin/import', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    })
  } catch (error) {
    const row = error instanceof ApiError && error.operation !== undefined ? rowAt(error.operation) : undefined
    if (row === undefined) throw error
    const { message, details } = error as ApiError
    const all = details.length > 1 ? details.map((detail) => detail.message).join('; ') : message
    throw new RowError(row.line, all, { cause: error, file: row.file })
  }
}
