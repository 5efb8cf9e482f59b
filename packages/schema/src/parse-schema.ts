import { type Report, readYaml } from '@koyalite/yaml'
import { checkSchema } from './check-schema'
import { keysOf } from './file/file-key'
import { SCHEMA_KEYS } from './file/schema-keys'
import type { Schema, SchemaProblem } from './model'
import { builtInUsers, type CollectionDraft, parseCollection } from './parse-collection'
import { parseDefinitions } from './parse-definitions'
import { parseRoles } from './parse-roles'
import { type NamedTypes, parseTypes } from './parse-types'
import { problemList } from './problems'
import { describe, type Options, readNamed, readOptions } from './shape'
import { USERS } from './users'

export type ParsedSchema =
  | { readonly ok: true; readonly schema: Schema }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] }

/**
 * Reads schema.yaml: either a schema in which every name refers to something that exists, or everything that is wrong with the file, in
 * its order. Rules stay text; whether they are valid CEL is checked elsewhere. `file` is the name that problems carry.
 */
export function parseSchema(text: string, { file }: { readonly file: string }): ParsedSchema {
  const problems = problemList(file)
  const schema = readSchema(text, problems.report)
  if (schema && problems.isEmpty()) return { ok: true, schema }
  return { ok: false, problems: problems.sorted() }
}

const EMPTY_FILE = 'the file is empty: it must have at least `version: 1`'

const KEY_SYNONYMS: Readonly<Record<string, string>> = {
  tables: 'collections',
  models: 'collections',
  enums: 'types',
  functions: 'definitions',
  macros: 'definitions',
}

function readSchema(text: string, report: Report): Schema | undefined {
  const root = readYaml(text, report)
  if (!root) return undefined
  if (root.kind === 'scalar' && root.value === null) {
    report(root.position, EMPTY_FILE)
    return undefined
  }
  const keys = keysOf(SCHEMA_KEYS)
  const options = readOptions(root, { what: 'the schema', keys, synonyms: KEY_SYNONYMS }, report)
  if (!options) return undefined
  checkVersion(options, report)
  const types = parseTypes(options.get('types'), report)
  const roles = parseRoles(options.get('roles'), report)
  const definitions = parseDefinitions(options.get('definitions'), report)
  const drafts = readCollections(options, types, report)
  const collections = new Map([...drafts].map(([name, { collection }]) => [name, collection]))
  const schema: Schema = { version: 1, ...types, roles, definitions, collections }
  checkSchema(schema, drafts, report)
  return schema
}

function checkVersion(options: Options, report: Report): void {
  const entry = options.get('version')
  if (!entry) report({ line: 1, column: 1 }, '`version: 1` is missing')
  else if (entry.value.kind !== 'scalar' || entry.value.value !== 1) {
    report(entry.value.position, `'version' must be 1, not ${describe(entry.value)}`)
  }
}

function readCollections(options: Options, types: NamedTypes, report: Report): ReadonlyMap<string, CollectionDraft> {
  const drafts = new Map<string, CollectionDraft>()
  const entry = options.get('collections')
  // `collections:` with nothing under it is how a file begins its life.
  const isEmpty = entry?.value.kind === 'scalar' && entry.value.value === null
  const entries = entry && !isEmpty ? readNamed(entry.value, { map: "'collections'", name: 'collection' }, report) : []
  if (!entries.some(({ key }) => key === USERS)) drafts.set(USERS, builtInUsers(report))
  for (const collection of entries) {
    const draft = parseCollection(collection, types, report)
    if (draft) drafts.set(collection.key, draft)
  }
  return drafts
}
