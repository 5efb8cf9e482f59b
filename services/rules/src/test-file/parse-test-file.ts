import { problemList, readOptions, type Schema, type SchemaProblem } from '@koyalite/schema'
import { readYaml, reportNumbers } from '@koyalite/yaml'
import { namedKeys } from './named-keys'
import { readActors } from './read-actors'
import { readCases } from './read-cases'
import { readDocuments } from './read-documents'
import type { RuleTestFile } from './test-file'

export type ParsedTestFile =
  | { readonly ok: true; readonly file: RuleTestFile }
  /** Everything that is wrong, in the order of the file. */
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] }

/** Reads a file of rules/. @param file the name that problems and cases carry */
export function parseTestFile(
  source: string,
  { file, schema }: { readonly file: string; readonly schema: Schema },
): ParsedTestFile {
  const { report, sorted, isEmpty } = problemList(file)
  const node = readYaml(source, report)
  const options =
    node && readOptions(node, { what: 'the file', keys: ['actors', 'documents', 'cases'], synonyms: SYNONYMS }, report)
  if (!node || !options) return { ok: false, problems: sorted() }
  reportNumbers(node, report)
  const keys = namedKeys()
  const actors = readActors(options.get('actors'), report)
  const documents = readDocuments(options.get('documents'), { schema, actors, keys, report })
  const cases = readCases(options.get('cases'), { schema, actors, keys, report })
  if (!options.has('cases')) report(node.position, "the file must have 'cases'")
  return isEmpty() ? { ok: true, file: { file, documents, cases } } : { ok: false, problems: sorted() }
}

const SYNONYMS = {
  fixtures: 'documents',
  docs: 'documents',
  given: 'documents',
  tests: 'cases',
  expect: 'cases',
  users: 'actors',
}
