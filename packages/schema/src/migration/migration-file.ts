import { type Report, readYaml, type YamlEntry, type YamlNode } from '@koyalite/yaml'
import type { Position, SchemaProblem } from '../model'
import { nameProblem } from '../names'
import { problemList } from '../problems'
import { describe, type Options, readBoolean, readList, readNumber, readOptions, readText } from '../shape'
import { didYouMean } from '../suggest'
import { isUntouchedDraft } from './draft-mark'
import { fillProblem, operationProblem } from './migration-sql'
import { openChoices } from './open-choices'

/** One operation of a migration file. `fill` is an SQL expression over the row as it was, for the values of existing documents. */
export type MigrationOperation = { readonly position: Position } & (
  | { readonly type: 'rename_field'; readonly collection: string; readonly from: string; readonly to: string }
  | { readonly type: 'rename_collection'; readonly from: string; readonly to: string }
  | {
      readonly type: 'add_field' | 'alter_field'
      readonly collection: string
      readonly field: string
      readonly fill?: string
    }
  | { readonly type: 'drop_field'; readonly collection: string; readonly field: string }
  | { readonly type: 'drop_collection'; readonly collection: string }
  | { readonly type: 'add_index'; readonly collection: string; readonly index: string }
  | { readonly type: 'sql'; readonly up: string; readonly down?: string }
)

export interface Migration {
  readonly file: string
  readonly version: number
  readonly name: string
  readonly description?: string
  /** It is applied only when somebody confirms it: a draft that loses data and that nobody has edited, or a file with `confirm: false`. */
  readonly waits: boolean
  readonly operations: readonly MigrationOperation[]
}

/** Whether SQL of its author runs in it, which may take any time on any documents. */
export function runsOwnSql({ operations }: Migration): boolean {
  return operations.some(
    (operation) => operation.type === 'sql' || ('fill' in operation && operation.fill !== undefined),
  )
}

export type ParsedMigration =
  | { readonly ok: true; readonly migration: Migration }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] }

/** Reads a file of `migrations/`, or says everything that is wrong with it. Whether its operations fit a schema is for planMigrationFile to say. */
export function parseMigration(text: string, { file }: { readonly file: string }): ParsedMigration {
  const problems = problemList(file)
  const migration = readMigration(text, file, problems.report)
  if (migration && problems.isEmpty()) return { ok: true, migration }
  return { ok: false, problems: problems.sorted() }
}

type OperationType = MigrationOperation['type']

/** The keys of each operation; those that end in `?` may be left out. */
const OPERATION_KEYS: Readonly<Record<OperationType, readonly string[]>> = {
  rename_field: ['collection', 'from', 'to'],
  rename_collection: ['from', 'to'],
  add_field: ['collection', 'field', 'fill?'],
  alter_field: ['collection', 'field', 'fill?'],
  drop_field: ['collection', 'field'],
  drop_collection: ['collection'],
  add_index: ['collection', 'index'],
  sql: ['up', 'down?'],
}

const OPERATION_SYNONYMS: Readonly<Record<string, string>> = {
  rename: 'rename_field',
  remove_field: 'drop_field',
  delete_field: 'drop_field',
  drop_column: 'drop_field',
  add_column: 'add_field',
  change_field: 'alter_field',
  remove_collection: 'drop_collection',
  drop_table: 'drop_collection',
  rename_table: 'rename_collection',
}

function readMigration(text: string, file: string, report: Report): Migration | undefined {
  const root = readYaml(text, report)
  const keys = ['version', 'name', 'description', 'confirm', 'operations']
  const options = root ? readOptions(root, { what: 'a migration', keys }, report) : undefined
  if (!root || !options) return undefined
  for (const key of ['version', 'name', 'operations']) {
    if (!options.has(key)) report(root.position, `a migration must have '${key}'`)
  }
  const version = readVersion(options, file, report)
  const name = readText(options.get('name'), report)
  const problem = name === undefined ? undefined : nameProblem(name, 'migration')
  const nameEntry = options.get('name')
  if (problem && nameEntry) report(nameEntry.value.position, problem)
  const description = readText(options.get('description'), report)
  const confirm = readBoolean(options.get('confirm'), report)
  return {
    file,
    version: version ?? 0,
    name: name ?? '',
    ...(description !== undefined && { description }),
    waits: confirm === false || (confirm === undefined && isUntouchedDraft(text)),
    operations: readOperations(options.get('operations'), text, report),
  }
}

function readOperations(entry: YamlEntry | undefined, text: string, report: Report): readonly MigrationOperation[] {
  const isEmpty = entry?.value.kind === 'scalar' && entry.value.value === null
  const nodes = isEmpty ? [] : readList(entry, report)
  const operations = (nodes ?? []).flatMap((node) => readOperation(node, report) ?? [])
  const choices = openChoices(text, operations)
  for (const choice of choices) {
    report(
      choice,
      `${choice.question}: choose one of the alternatives below and remove the # of its lines, or delete this file`,
    )
  }
  if (entry && nodes?.length === 0 && choices.length === 0) {
    report(entry.value.position, "'operations' is empty: add an operation, or delete this file")
  }
  return operations
}

function readVersion(options: Options, file: string, report: Report): number | undefined {
  const entry = options.get('version')
  const version = readNumber(entry, 'whole', report)
  if (version === undefined || !entry) return undefined
  if (version < 1) report(entry.value.position, "'version' must be 1 or more")
  const inName = /(?:^|[/\\])(\d+)[^/\\]*$/.exec(file)?.[1]
  if (inName !== undefined && Number(inName) !== version) {
    report(entry.value.position, `version ${version} does not match the file name, which has ${inName}`)
  }
  return version
}

function readOperation(node: YamlNode, report: Report): MigrationOperation | undefined {
  const type = readType(node, report)
  if (!type) return undefined
  const expected = OPERATION_KEYS[type]
  const keys = ['type', ...expected.map((key) => key.replace('?', ''))]
  const options = readOptions(node, { what: `operation ${type}`, keys }, report)
  if (!options) return undefined
  const texts: Record<string, string> = {}
  for (const key of expected) {
    const name = key.replace('?', '')
    const entry = options.get(name)
    if (!entry && !key.endsWith('?')) report(node.position, `operation ${type} must have '${name}'`)
    const text = name === 'fill' ? readFill(options, report) : readText(entry, report)
    if (text !== undefined) texts[name] = text
    const problem = text === undefined ? undefined : sqlProblem(type, name, text)
    if (problem !== undefined && entry) report(entry.value.position, `${problem} (in '${name}')`)
    if (text?.trim() === '' && entry) report(entry.value.position, `'${name}' must not be empty`)
  }
  // Its keys are those that OPERATION_KEYS has for its type; what is missing is reported, so that nobody meets it.
  return { type, ...texts, position: node.position } as MigrationOperation
}

function sqlProblem(type: OperationType, key: string, text: string): string | undefined {
  if (type === 'sql') return operationProblem(text)
  return key === 'fill' ? fillProblem(text) : undefined
}

function readType(node: YamlNode, report: Report): OperationType | undefined {
  if (node.kind !== 'map') {
    report(node.position, `an operation must be a map: { type: rename_field, … }, not ${describe(node)}`)
    return undefined
  }
  const entry = node.entries.find(({ key }) => key === 'type')
  const word = readText(entry, report)
  if (!entry) report(node.position, "an operation must have a 'type'")
  if (word === undefined || !entry) return undefined
  const types = Object.keys(OPERATION_KEYS) as OperationType[]
  const type = types.find((candidate) => candidate === word)
  if (!type) {
    const advice = didYouMean(word, types, OPERATION_SYNONYMS) || `; known are ${types.join(', ')}`
    report(entry.value.position, `unknown operation '${word}'${advice}`)
  }
  return type
}

/** An SQL expression; a bare number or truth value is one too. */
function readFill(options: Options, report: Report): string | undefined {
  const entry = options.get('fill')
  const node = entry?.value
  if (node?.kind === 'scalar' && (typeof node.value === 'number' || typeof node.value === 'boolean')) return node.source
  return readText(entry, report)
}
