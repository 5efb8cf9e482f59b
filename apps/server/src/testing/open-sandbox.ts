import { checkRules } from '@koyalite/query'
import type { OpenSandbox } from '@koyalite/rules'
import { formatProblem, parseSchema, type Schema } from '@koyalite/schema'
import { openRuleSandbox } from '../rule-sandbox'

/** The schema of a text, with rules that can be served. */
export function loadSchema(text: string): Schema {
  const parsed = parseSchema(text, { file: 'schema.yaml' })
  const problems = parsed.ok ? checkRules(parsed.schema, { file: 'schema.yaml' }) : parsed.problems
  if (!parsed.ok || problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'))
  return parsed.schema
}

export function sandboxOf(schema: Schema): OpenSandbox {
  return () => openRuleSandbox({ schema, settings: { server: SANDBOX_SERVER } })
}

/** Of a server on which nothing is set. */
export const SANDBOX_SERVER = {
  host: '127.0.0.1',
  url: null,
  cors: { origins: ['*'], credentials: false },
  headers: {},
  max_body: 1_000_000,
  trust_proxy: false,
  query_timeout: 5000,
}
