import { SYSTEM } from '@koyalite/contracts'
import { formatProblem, type Position, type Schema } from '@koyalite/schema'
import type { OpenSandbox, RuleSandbox } from '../rules-context'
import { parseTestFile } from '../test-file/parse-test-file'
import type { FixtureDocument, RuleTestFile } from '../test-file/test-file'
import { type CaseOutcome, runCase } from './run-case'

export interface TestSource {
  /** As messages name it: rules/posts.test.yaml */
  readonly name: string
  readonly source: string
}

/** What came of a file. The wire format of the admin API. */
export interface FileReport {
  readonly file: string
  /** What is wrong with the file itself, as `file:line:column message`; then no case was run. */
  readonly problems: readonly string[]
  readonly cases: readonly CaseReport[]
}

export interface CaseReport extends Position, CaseOutcome {
  readonly title: string
}

export interface TestOptions {
  readonly schema: Schema
  readonly openSandbox: OpenSandbox
  /** For callers from outside: what they ask for is done beside the requests of others. */
  readonly maxCases?: number
}

/** Runs a test file against the rules of a schema, each case on the documents of the file as they are there. */
export async function runTestFile(
  { name, source }: TestSource,
  { schema, openSandbox, maxCases = Number.POSITIVE_INFINITY }: TestOptions,
): Promise<FileReport> {
  const parsed = parseTestFile(source, { file: name, schema })
  if (!parsed.ok) return { file: name, problems: parsed.problems.map(formatProblem), cases: [] }
  if (parsed.file.cases.length > maxCases) {
    return {
      file: name,
      problems: [`${name} has more than ${maxCases} cases: run them with 'koyalite rules test'`],
      cases: [],
    }
  }
  const cases: CaseReport[] = []
  let sandbox: RuleSandbox | null = null
  try {
    for (const one of parsed.file.cases) {
      if (sandbox === null) {
        sandbox = await openSandbox()
        const problem = await store(sandbox, parsed.file)
        if (problem !== null) return { file: name, problems: [problem], cases: [] }
      }
      const { changed, ...outcome } = await runCase(sandbox, one)
      cases.push({ title: one.title, line: one.line, column: one.column, ...outcome })
      if (changed) {
        await sandbox.close()
        sandbox = null
      }
    }
  } finally {
    await sandbox?.close()
  }
  return { file: name, problems: [], cases }
}

const PORTION = 1000

/** Stores the documents; returns the problem with one of them, or null. */
async function store(sandbox: RuleSandbox, { file, documents }: RuleTestFile): Promise<string | null> {
  for (let start = 0; start < documents.length; start += PORTION) {
    const portion = documents.slice(start, start + PORTION)
    const operations = portion.map(({ collection, data }) => ({ op: 'create', collection: collection.name, data }))
    const answer = await sandbox.fetch(SYSTEM, { method: 'POST', path: '/batch', body: { operations } })
    if (answer.status >= 300) return storeProblem(file, portion, answer.body)
  }
  return null
}

function storeProblem(file: string, documents: readonly FixtureDocument[], body: unknown): string {
  const { error } = body as { error: { message: string; operation?: number } }
  const document = documents[error.operation ?? 0]
  const name =
    document &&
    (document.collection.name === 'users'
      ? `user ${document.data.email}`
      : `this document of ${document.collection.name}`)
  return formatProblem({
    file,
    line: document?.line ?? 1,
    column: document?.column ?? 1,
    message: `${name ?? 'a document'} cannot be stored: ${error.message}`,
  })
}
