import { AppError } from '@koyalite/contracts'
import { renameInRules } from '@koyalite/query'
import {
  applyRenames,
  confirmDraft,
  type Difference,
  diffSchemas,
  draftMigration,
  editSchema,
  formatHint,
  lossesOf,
  NAME,
  parseMigration,
  type RenameHint,
  type Schema,
  type SchemaEdit,
  SchemaEditError,
  type SchemaRename,
} from '@koyalite/schema'
import { FOLDER, type MigrationFile, migrationFileName, readMigrationFile } from '../migration-files'
import type { SchemaDiagnostic } from '../migration-host'
import type { PlanContext } from '../migrations-context'
import { planPending } from '../operations/plan-pending'
import { refusedByDocuments } from '../operations/refused-by-documents'
import { readRecords } from '../store/migration-records'
import { intendedChanges } from './edit-intents'
import { type PlannedStep, planSteps } from './plan-steps'

/** What somebody wants of schema.yaml. */
export interface EditRequest {
  /** In the place of the file as it is; the edits are made on it. */
  readonly source?: string | undefined
  readonly edits: readonly SchemaEdit[]
  /** Whether something was renamed, by the question of an earlier plan. */
  readonly answers: Readonly<Record<string, 'rename' | 'drop'>>
  /** SQL for values of existing documents, by `collection.field`. */
  readonly fills: Readonly<Record<string, string>>
  /** Of the migration, should there be one. */
  readonly name?: string | undefined
}

/** What would happen. Nothing of it has. */
export interface EditPlan {
  /** The file as it is, and as it would be. */
  readonly before: string
  readonly source: string
  /** Null where the text has mistakes. Asked for where it is needed: it may have come from another process. */
  schema(): Schema | null
  readonly diagnostics: readonly SchemaDiagnostic[]
  /** Places that were changed besides, since they name what is renamed. */
  readonly rewritten: readonly string[]
  /** What has another name, in the order in which it got it. */
  readonly renames: readonly SchemaRename[]
  readonly steps: readonly PlannedStep[]
  readonly questions: readonly string[]
  readonly losses: readonly string[]
  /** The file that it needs; null where everything comes by itself. */
  readonly migration: MigrationFile | null
  /** What has to be typed before it is applied, since data is lost; null where none is. */
  readonly confirm: string | null
  /** Why it cannot be applied. */
  readonly problems: readonly string[]
}

/** What reads texts of schema.yaml. */
export interface SchemaText {
  /** The file as it is. */
  readonly before: string
  /** Throws VALIDATION_ERROR. */
  parse(source: string): Schema
  diagnose(source: string): readonly SchemaDiagnostic[]
}

/** Plans a change of the schema, in this process: see `planEdits`. @throws AppError VALIDATION_ERROR where an edit does not fit the file */
export async function planEditsHere(text: SchemaText, context: PlanContext, request: EditRequest): Promise<EditPlan> {
  const { before } = text
  const { text: source, intents, renames: written, rewritten } = edited(request.source ?? before, request.edits)
  const diagnostics = text.diagnose(source)
  const nothing = {
    before,
    source,
    diagnostics,
    rewritten,
    renames: written,
    steps: [],
    questions: [],
    losses: [],
    migration: null,
  }
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    const problems = ['schema.yaml would have errors.']
    return { ...nothing, schema: () => null, confirm: null, problems }
  }
  const schema = text.parse(source)
  const target: PlanContext = { ...context, schema, problems: [] }
  const pending = planPending(target)
  if (!pending.ok || pending.end === null) {
    return { ...nothing, schema: () => schema, confirm: null, problems: pending.ok ? [] : pending.problems }
  }
  const { renames, fills } = intendedChanges(intents, schema)
  const answered = await draft(target, request, {
    renames,
    fills: new Map([...fills, ...Object.entries(request.fills)]),
  })
  const renamed = applyRenames(pending.end, [...renames, ...answered.renames])
  const differences = withRefused(diffSchemas(renamed.schema, schema), answered.refused)
  const steps = await planSteps(target, {
    ...{ renames: renamed.renames, differences, from: renamed.schema, stored: pending.end, schema },
    fills: answered.fills,
  })
  const waiting = pending.pending.filter(({ migration }) => migration.waits).map(({ file }) => file)
  const check = answered.migration === null ? [] : problemsOf(target, answered.migration)
  return {
    ...nothing,
    ...{
      schema: () => schema,
      steps,
      questions: answered.questions,
      losses: answered.losses,
      renames: [...written, ...answered.renames.map(asRename)],
      migration: answered.migration,
    },
    confirm: confirmation(answered.losses, steps),
    problems: [
      ...waiting.map((file) => `${file} waits: apply, edit or remove it first.`),
      ...(answered.questions.length > 0 ? [] : check),
    ],
  }
}

function asRename({ collection, from, to }: RenameHint): SchemaRename {
  return collection === undefined ? { kind: 'collection', from, to } : { kind: 'field', collection, from, to }
}

function edited(text: string, edits: readonly SchemaEdit[]) {
  try {
    return editSchema(text, edits, { renameInRules })
  } catch (error) {
    if (!(error instanceof SchemaEditError)) throw error
    const field = `edits.${error.edit}`
    throw new AppError('VALIDATION_ERROR', error.message, {
      details: [{ field, code: 'invalid', message: error.message }],
    })
  }
}

interface Drafted {
  readonly migration: MigrationFile | null
  readonly questions: readonly string[]
  readonly losses: readonly string[]
  /** What was answered to be a rename. */
  readonly renames: readonly RenameHint[]
  readonly refused: readonly Difference[]
  readonly fills: ReadonlyMap<string, string>
}

async function draft(
  context: PlanContext,
  request: EditRequest,
  intended: { readonly renames: readonly RenameHint[]; readonly fills: ReadonlyMap<string, string> },
): Promise<Drafted> {
  const plan = planPending(context)
  const none = { migration: null, questions: [], losses: [], renames: [], refused: [], fills: intended.fills }
  if (!plan.ok || plan.end === null) return none
  const refused = await refusedByDocuments(context, plan)
  if (refused.length === 0 && plan.rest.every(({ kind }) => kind === 'additive')) return none
  const questions: string[] = []
  const renames: RenameHint[] = []
  const answer = (hint: RenameHint) => {
    const question = formatHint(hint)
    const said = Object.hasOwn(request.answers, question) ? request.answers[question] : undefined
    const given = said ?? (isDropped(request.edits, hint) ? 'drop' : undefined)
    if (given === undefined) questions.push(question)
    if (given === 'rename') renames.push(hint)
    return given
  }
  const version = Math.max(0, ...[...context.files, ...readRecords(context.database)].map((one) => one.version)) + 1
  const name = migrationName(request, plan.rest)
  const text = draftMigration({ ...intended, from: plan.end, to: context.schema, version, name, refused, answer })
  const file = `${FOLDER}/${migrationFileName(version, name)}`
  const parsed = parseMigration(text, { file })
  const losses = parsed.ok ? lossesOf(parsed.migration.operations) : []
  const migration = readMigrationFile(file, losses.length === 0 ? text : confirmDraft(text))
  return { migration, questions, losses, renames, refused, fills: intended.fills }
}

/** Whether an edit says that it goes: then nobody needs to be asked. */
function isDropped(edits: readonly SchemaEdit[], { collection, from }: RenameHint): boolean {
  return edits.some((edit) =>
    collection === undefined
      ? edit.type === 'drop_collection' && edit.collection === from
      : edit.type === 'drop_field' && edit.collection === collection && edit.field === from,
  )
}

/** After what it does first: `rename_posts_title`. */
function migrationName({ name, edits }: EditRequest, rest: readonly Difference[]): string {
  const [first] = rest.filter(({ kind }) => kind === 'destructive')
  const [edit] = edits
  const isRename = edit?.type === 'rename_field' || edit?.type === 'rename_collection'
  const made = name ?? (isRename ? `rename ${edit.from} to ${edit.to}` : `change ${subjectOf(first)}`)
  const proper = made
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60)
  return NAME.test(proper) ? proper : 'change_schema'
}

function subjectOf(difference: Difference | undefined): string {
  const subject = difference?.subject
  if (subject?.of === 'field') return `${subject.collection} ${subject.field}`
  return subject !== undefined && 'collection' in subject ? subject.collection : 'schema'
}

function withRefused(differences: readonly Difference[], refused: readonly Difference[]): readonly Difference[] {
  return differences.map((difference) => refused.find(({ line }) => line === difference.line) ?? difference)
}

/** Whether the file that was drafted does all that is needed. */
function problemsOf(context: PlanContext, file: MigrationFile): readonly string[] {
  if (file.problems.length > 0) return file.problems
  const planned = planPending({ ...context, files: [...context.files, file] })
  if (!planned.ok) return planned.problems
  return planned.rest
    .filter(({ kind }) => kind === 'destructive')
    .map(({ line, reason }) => `${line}${reason === undefined ? '' : `: ${reason}`}`)
}

/** The name of the first thing that is lost; of a collection rather than of a field. */
function confirmation(losses: readonly string[], steps: readonly PlannedStep[]): string | null {
  if (losses.length === 0) return null
  const drops = steps.filter(({ risk }) => risk === 'loses_data')
  const drop =
    drops.find(({ field }) => field === null) ?? drops[0] ?? steps.find(({ risk }) => risk === 'changes_data')
  if (drop === undefined) return 'apply'
  return drop.field ?? drop.collection ?? 'apply'
}
