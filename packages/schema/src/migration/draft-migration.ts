import { printableText, quoteName, quoteText } from '@koyalite/contracts'
import { stringify } from 'yaml'
import { defaultSql, NOW_SQL, TODAY_SQL } from '../ddl'
import { numberRange } from '../field-validation'
import type { Field, Schema } from '../model'
import { convertType } from './convert-type'
import { PRIMARY_KEY_CHANGES } from './diff-field'
import { diffSchemas, PREDATES_BUILT_IN, reasonAgainstAdding } from './diff-schemas'
import { type Difference, formatHint, type RenameHint } from './difference'
import { choiceHeading } from './open-choices'
import { renameCollection, renameField } from './schema-edits'

export interface DraftOptions {
  readonly from: Schema
  readonly to: Schema
  readonly version: number
  readonly name: string
  readonly description?: string
  /** Differences that would be applied by themselves, if the documents met them (a new unique index). */
  readonly refused?: readonly Difference[]
  /** What the author says to a possible rename. Without an answer the draft has both ways as comments, and is refused until one is chosen. */
  readonly answer?: (hint: RenameHint) => 'rename' | 'drop' | undefined
  /** What is known to be a rename, in the order in which it was done. */
  readonly renames?: readonly RenameHint[]
  /** SQL for the values of existing documents, by `collection.field`: stronger than what is proposed. */
  readonly fills?: ReadonlyMap<string, string>
}

/** A line of comment. Values of documents and of schema.yaml may hold line breaks: what follows on one would no longer be a comment. */
export function comment(text: string): string {
  return `# ${printableText(text).replaceAll('\n', '\\n')}`
}

/** The text of a migration file for everything that is not applied by itself. Fills are proposals for the author to look at. */
export function draftMigration(options: DraftOptions): string {
  const head = stringify({
    version: options.version,
    name: options.name,
    description: options.description ?? options.name.replaceAll('_', ' '),
  })
  const lines = draftOperations(options)
  return `${head}operations:\n${lines.map((text) => `  ${text}\n`).join('')}`
}

function draftOperations(options: DraftOptions): readonly string[] {
  const { renames, from, undecided } = answerHints(options)
  const { to, fills = NO_FILLS } = options
  const draftAll = (differences: readonly Difference[], state: Schema) => draftEach(differences, { state, to, fills })
  const differences = [
    ...diffSchemas(from, options.to).filter(({ kind }) => kind === 'destructive'),
    ...(options.refused ?? []),
  ]
  const isUndecided = ({ hint }: Difference) => undecided.some((other) => sameHint(other, hint))
  const decided = differences.filter((difference) => !isUndecided(difference))
  const isIndex = ({ subject }: Difference) => subject.of === 'index'
  return [
    ...new Set([
      ...renames.map((hint) => line(renameOperation(hint))),
      ...draftAll(
        decided.filter((difference) => !isIndex(difference)),
        from,
      ),
      ...undecided.flatMap((hint) => choice(hint, { state: from, to, fills })),
      // An index may be of a field that either answer makes.
      ...draftAll(decided.filter(isIndex), from),
    ]),
  ]
}

const NO_FILLS: ReadonlyMap<string, string> = new Map()

interface Drafting {
  /** Before the operations. */
  readonly state: Schema
  readonly to: Schema
  readonly fills: ReadonlyMap<string, string>
}

function draftEach(differences: readonly Difference[], drafting: Drafting): readonly string[] {
  return differences
    .map((difference) => ({ rank: rankOf(difference, drafting.state), lines: draftOne(difference, drafting) }))
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ lines }) => lines)
}

/** Asks about each possible rename, and again for what a rename brings to light. What keeps its column or table needs no question. */
function answerHints({ from, to, answer, renames: known = [] }: DraftOptions): {
  readonly renames: readonly RenameHint[]
  readonly from: Schema
  readonly undecided: readonly RenameHint[]
} {
  const answers = new Map<string, 'rename' | 'drop' | undefined>()
  const started = applyRenames(from, known)
  const renames = [...started.renames]
  let schema = started.schema
  for (;;) {
    const hints = diffSchemas(schema, to).flatMap(({ hint, subject }) =>
      hint && subject.change === 'removed' ? [hint] : [],
    )
    const isNew = (hint: RenameHint) => !answers.has(formatHint(hint))
    for (const hint of hints.filter(isNew)) {
      answers.set(formatHint(hint), hint.stays === undefined ? answer?.(hint) : 'rename')
    }
    const renamed = hints.find((hint) => answers.get(formatHint(hint)) === 'rename')
    if (!renamed) {
      return { renames, from: schema, undecided: hints.filter((hint) => answers.get(formatHint(hint)) === undefined) }
    }
    renames.push(renamed)
    schema = rename(schema, renamed)
  }
}

/** A schema after renames; those that do not fit it are left out: what has come and gone meanwhile was never there. */
export function applyRenames(
  schema: Schema,
  renames: readonly RenameHint[],
): { readonly schema: Schema; readonly renames: readonly RenameHint[] } {
  const applied: RenameHint[] = []
  let state = schema
  for (const hint of renames) {
    const names = hint.collection === undefined ? state.collections : state.collections.get(hint.collection)?.fields
    if (!names?.has(hint.from) || names.has(hint.to)) continue
    state = rename(state, hint)
    applied.push(hint)
  }
  return { schema: state, renames: applied }
}

function rename(schema: Schema, { collection: name, from, to }: RenameHint): Schema {
  if (name === undefined) return renameCollection(schema, from, to)
  const collection = schema.collections.get(name)
  const field = collection?.fields.get(from)
  return collection && field ? renameField(schema, collection, field, to) : schema
}

function sameHint(a: RenameHint, b: RenameHint | undefined): boolean {
  return b !== undefined && formatHint(a) === formatHint(b)
}

/** What is dropped comes last, since fills may still read it; of collections, those that refer to others first. */
function rankOf({ subject }: Difference, from: Schema): number {
  if (subject.change !== 'removed') return 0
  if (subject.of !== 'collection') return 1
  return 2 + from.collections.size - [...from.collections.keys()].indexOf(subject.collection)
}

function renameOperation({ collection, from, to }: RenameHint): Readonly<Record<string, string>> {
  return collection === undefined
    ? { type: 'rename_collection', from, to }
    : { type: 'rename_field', collection, from, to }
}

/** Both ways as comments, each with all that it needs. */
function choice(hint: RenameHint, drafting: Drafting): readonly string[] {
  const { collection, from: old, to: name } = hint
  const { to } = drafting
  const renamed = rename(drafting.state, hint)
  const stricter = diffSchemas(renamed, to).filter(
    (difference) => difference.kind === 'destructive' && !difference.hint && isAbout(difference, hint),
  )
  const drop =
    collection === undefined
      ? { type: 'drop_collection', collection: old }
      : { type: 'drop_field', collection, field: old }
  // Where it is another thing, that thing needs values too.
  const field = collection === undefined ? undefined : to.collections.get(collection)?.fields.get(name)
  const needsValues = field && !field.primary && reasonAgainstAdding(field) !== undefined
  const add = needsValues && { type: 'add_field', collection: collection ?? '', field: name, fill: proposal(field) }
  return choiceLines(
    formatHint(hint),
    [line(renameOperation(hint)), ...draftEach(stricter, { ...drafting, state: renamed })],
    [line(drop), ...(add ? [line(add)] : [])],
  )
}

/** Whether a difference concerns what was renamed. */
function isAbout({ subject }: Difference, { collection, to }: RenameHint): boolean {
  if (subject.of !== 'field') return false
  return collection === undefined
    ? subject.collection === to
    : subject.collection === collection && subject.field === to
}

function choiceLines(question: string, renamed: readonly string[], dropped: readonly string[]): readonly string[] {
  return [
    choiceHeading(question),
    '# If it was renamed:',
    ...renamed.map(comment),
    '# If it is dropped with its data:',
    ...dropped.map(comment),
  ]
}

function draftOne(
  { subject, line: text, reason }: Difference,
  { state: from, to, fills }: Drafting,
): readonly string[] {
  switch (subject.of) {
    case 'collection':
      return [line({ type: 'drop_collection', collection: subject.collection })]
    case 'index':
      return [line({ type: 'add_index', collection: subject.collection, index: subject.index })]
    case 'field': {
      const { collection, field: name } = subject
      const old = from.collections.get(collection)?.fields.get(name)
      const field = to.collections.get(collection)?.fields.get(name)
      if (reason === PRIMARY_KEY_CHANGES) {
        return [
          comment(
            `${text}: a primary key cannot be changed. Create a new collection, and copy the documents with an sql operation.`,
          ),
        ]
      }
      const drop = line({ type: 'drop_field', collection, field: name })
      // That it is dropped, nobody has said yet.
      if (reason === PREDATES_BUILT_IN)
        return choiceLines(reason, [line({ type: 'rename_field', collection, from: name, to: `own_${name}` })], [drop])
      if (!field) return [drop]
      const fill = fills.get(`${collection}.${name}`)
      if (!old) return [line({ type: 'add_field', collection, field: name, fill: fill ?? proposal(field) })]
      return [line({ ...alterOperation(collection, old, field), ...(fill !== undefined && { fill }) })]
    }
    default:
      return [comment(text)]
  }
}

function alterOperation(collection: string, old: Field, field: Field): Readonly<Record<string, string>> {
  const column = quoteName(old.column)
  const conversion = convertType(old.type, field.type, column)
  const isNewlyRequired = old.nullable && !field.nullable && defaultSql(field) === undefined
  const value = conversion?.value ?? proposal(field)
  const fill = isNewlyRequired ? `coalesce(${value}, ${proposal(field)})` : conversion ? undefined : value
  return { type: 'alter_field', collection, field: field.name, ...(fill !== undefined && { fill }) }
}

/** A value that fits the type, for documents that have none. */
function proposal(field: Field): string {
  if (field.references) return 'NULL'
  const [first] = field.validation.enum ?? []
  if (first !== undefined) return typeof first === 'string' ? quoteText(first) : String(first)
  const bound = field.validation.min ?? field.validation.max
  switch (field.type) {
    case 'uuid':
      return UUID_SQL
    case 'string':
    case 'text':
      return field.unique ? 'lower(hex(randomblob(16)))' : "''"
    case 'int':
    case 'float': {
      const { min = Number.NEGATIVE_INFINITY, max = 0 } = numberRange(field.validation)
      return String(Math.max(min, Math.min(0, max)))
    }
    case 'bool':
      return '0'
    case 'timestamp':
      return NOW_SQL
    case 'date':
      return bound === undefined ? TODAY_SQL : quoteText(String(bound))
    case 'json':
      return "'{}'"
    case 'blob':
      return "X''"
  }
}

const UUID_SQL =
  "lower(format('%s-%s-4%s-a%s-%s', hex(randomblob(4)), hex(randomblob(2)), substr(hex(randomblob(2)), 2), substr(hex(randomblob(2)), 2), hex(randomblob(6))))"

function line(operation: Readonly<Record<string, string>>): string {
  return `- ${stringify(operation, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`
}
