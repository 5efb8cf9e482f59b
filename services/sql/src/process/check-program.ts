import type { Collection, Schema } from '@koyalite/schema'
import type { Instruction } from '@koyalite/sqlite'
import { SCHEMA_TABLE, type StoredTree } from '../store/stored-tables'
import { allowsFunction, nameOf } from './allowed-functions'

/** What a statement is checked against. */
export interface ProgramRules {
  readonly schema: Schema
  readonly trees: ReadonlyMap<number, StoredTree>
  /** As programs have them: `vtab:1F3A08`. */
  readonly tableFunctions: ReadonlySet<string>
  readonly mayWrite: boolean
  readonly showsInternal: boolean
}

/** The program of a statement, and those that it may start. */
export type Programs = readonly (readonly Instruction[])[]

/**
 * Looks at the compiled program of a statement, which names every table that it opens: through views, subqueries, triggers and cascades too,
 * whatever its text looks like. Returns why it may not run; null where it may.
 */
export function checkProgram(programs: Programs, rules: ProgramRules): string | null {
  const [own = [], ...started] = programs
  return (
    checkInstructions(own, rules, 'own') ??
    started.reduce<string | null>((found, program) => found ?? checkInstructions(program, rules, 'started'), null)
  )
}

/** The collections that a statement itself opens, by these instructions. */
export function collectionsOpened(
  [own = []]: Programs,
  { schema, trees }: Pick<ProgramRules, 'schema' | 'trees'>,
  ...opcodes: readonly ('OpenRead' | 'OpenWrite')[]
): readonly Collection[] {
  const names: readonly string[] = opcodes
  const tables = new Set(own.flatMap(({ opcode, p2 }) => (names.includes(opcode) ? (trees.get(p2)?.table ?? []) : [])))
  return [...schema.collections.values()].filter(({ table }) => tables.has(table))
}

/** `started`: by a trigger or a reference; the change log is written in these alone. */
type Program = 'own' | 'started'

const OPENS: ReadonlySet<string> = new Set(['OpenRead', 'OpenWrite', 'ReopenIdx'])
/** Of an index: they find rows by it, which tells what it holds. */
const SEEKS = /^(?:Seek|Idx|Found|NotFound|NoConflict|Last|IfNoHope)/
/** Whatever is not about rows: transactions, the schema, settings, other files, virtual tables that can be written. */
const REFUSED: ReadonlySet<string> = new Set(
  `AutoCommit Savepoint Vacuum IncrVacuum JournalMode Checkpoint ParseSchema CreateBtree SqlExec Destroy DropTable DropIndex
  DropTrigger LoadAnalysis SetCookie ReadCookie MaxPgcnt Pagecount Expire IntegrityCk TableLock VBegin VCreate VDestroy
  VRename VUpdate Clear`.split(/\s+/),
)
const CALLS: ReadonlySet<string> = new Set([
  'Function',
  'PureFunc',
  'AggStep',
  'AggStep1',
  'AggInverse',
  'AggFinal',
  'AggValue',
])
/** Copy a whole row, whichever columns are asked for. */
const WHOLE_ROW: ReadonlySet<string> = new Set(['RowData', 'RowCell'])
/** The second operand is a register, which has the page. */
const PAGE_IN_REGISTER = 0x10
const MAIN = 0
const TEMPORARY = 1

const CHANGE_LOG = '_koyalite_changes'
const SEQUENCES = 'sqlite_sequence'
/** They hold statements and counts, and no values. */
const DESCRIBING: ReadonlySet<string> = new Set([SCHEMA_TABLE, SEQUENCES, 'sqlite_stat1'])
/** Of the tables of the system only these: credentials, sessions and mails are out of every door's reach. */
const INTERNAL: ReadonlySet<string> = new Set([
  CHANGE_LOG,
  '_koyalite_audit',
  '_koyalite_migrations',
  '_koyalite_actions',
])

function checkInstructions(program: readonly Instruction[], rules: ProgramRules, kind: Program): string | null {
  const opened = new Map<number, StoredTree[]>()
  const writesTo = new Set<string>()
  for (const instruction of program) {
    const { opcode, p1, p2, p3, p4, p5 } = instruction
    if (REFUSED.has(opcode) || (OPENS.has(opcode) && (p5 & PAGE_IN_REGISTER) !== 0))
      return 'Only SELECT, INSERT, UPDATE and DELETE on the tables of collections run here.'
    if (CALLS.has(opcode) && p4 !== '' && !allowsFunction(p4)) return `The function ${nameOf(p4)} cannot be used here.`
    if (opcode === 'VOpen' && !rules.tableFunctions.has(p4))
      return 'Of virtual tables only json_each, json_tree and the pragma functions that describe tables can be read here.'
    if (!OPENS.has(opcode)) continue
    if (p3 === TEMPORARY && opcode !== 'OpenWrite') continue
    const tree = p3 === MAIN ? rules.trees.get(p2) : undefined
    if (tree === undefined) return 'Only the tables of this database can be opened here.'
    const refusal = opcode === 'OpenWrite' ? writeRefusal(tree, rules, kind) : readRefusal(tree, rules, kind)
    if (refusal !== null) return refusal
    if (opcode === 'OpenWrite') writesTo.add(tree.table)
    opened.set(p1, [...(opened.get(p1) ?? []), tree])
  }
  // The numbers of a collection are counted there; nothing else may set them.
  if (kind === 'own' && writesTo.has(SEQUENCES) && writesTo.size === 1) return systemRefusal(SEQUENCES)
  return kind === 'own' && !rules.showsInternal ? internalRefusal(program, opened, rules) : null
}

function readRefusal({ table }: StoredTree, { schema, showsInternal }: ProgramRules, kind: Program): string | null {
  if (collectionOf(schema, table) !== undefined || DESCRIBING.has(table)) return null
  if (INTERNAL.has(table) && (showsInternal || kind === 'started')) return null
  return systemRefusal(table)
}

function writeRefusal({ table }: StoredTree, { schema, mayWrite }: ProgramRules, kind: Program): string | null {
  if (!mayWrite) return 'This statement writes, and writing is switched off.'
  if (collectionOf(schema, table) !== undefined || table === SEQUENCES) return null
  return kind === 'started' && table === CHANGE_LOG ? null : systemRefusal(table)
}

function systemRefusal(table: string): string {
  if (/^(?:_koyalite_|sqlite_)/i.test(table)) return `${table} is a table of the system, which cannot be opened here.`
  return `No collection of schema.yaml has the table ${table}: it cannot be opened here.`
}

/** Internal fields never leave the server: neither as a value, nor by what is found with it. */
function internalRefusal(
  program: readonly Instruction[],
  opened: ReadonlyMap<number, readonly StoredTree[]>,
  { schema }: ProgramRules,
): string | null {
  for (const { opcode, p1, p2 } of program) {
    for (const { table, index, columns } of opened.get(p1) ?? []) {
      const collection = collectionOf(schema, table)
      if (collection === undefined || !hasInternal(collection)) continue
      const read =
        opcode === 'Column'
          ? [columns[p2]]
          : WHOLE_ROW.has(opcode) || (index !== null && SEEKS.test(opcode))
            ? columns
            : []
      const field = [...collection.fields.values()].find(({ internal, column }) => internal && read.includes(column))
      if (field !== undefined)
        return `${collection.name}.${field.name} is internal: it takes the permission sql_internal:read to read it.`
    }
  }
  return null
}

export function hasInternal({ fields }: Collection): boolean {
  return [...fields.values()].some(({ internal }) => internal)
}

function collectionOf({ collections }: Schema, table: string): Collection | undefined {
  return [...collections.values()].find((one) => one.table === table)
}
