import {
  comment,
  draftMigration,
  formatHint,
  lossesOf,
  markDraft,
  NAME,
  parseMigration,
  type RenameHint,
} from '@koyalite/schema'
import { FOLDER, migrationFileName } from '../migration-files'
import type { MigrationsContext } from '../migrations-context'
import { readRecords } from '../store/migration-records'
import { planPending } from './plan-pending'
import { refusedByDocuments } from './refused-by-documents'

export interface DraftRequest {
  readonly name: string
  /** What possible renames are in truth, by the question that a draft without the answer has asked. */
  readonly answers: Readonly<Record<string, 'rename' | 'drop'>>
}

export type DraftedFile =
  | {
      readonly ok: true
      readonly version: number
      readonly name: string
      /** Where it belongs: `migrations/002_rename_user_name.yaml`. */
      readonly file: string
      readonly text: string
      /** Possible renames without an answer: the text has both ways as comments, and is refused until one is chosen. */
      readonly questions: readonly string[]
      /** What applying it loses; with any, the text is one that waits until it is edited or confirmed. */
      readonly losses: readonly string[]
      /** Whether there was something to draft; without it the text is a pattern to fill in. */
      readonly empty: boolean
    }
  | { readonly ok: false; readonly problems: readonly string[] }

/** The text of the next migration file, from what schema.yaml asks for and no file covers yet. Nothing is written. */
export async function draftFile(context: MigrationsContext, request: DraftRequest): Promise<DraftedFile> {
  const name = properName(request.name)
  if (name === undefined) {
    return {
      ok: false,
      problems: [`'${request.name}' is not a valid migration name: use letters, digits and '_', as in rename_title`],
    }
  }
  const plan = planPending(context)
  if (!plan.ok) return { ok: false, problems: plan.problems }
  const versions = [...context.files, ...readRecords(context.database)].map(({ version }) => version)
  const version = Math.max(0, ...versions) + 1
  const head = { ok: true, version, name, file: `${FOLDER}/${migrationFileName(version, name)}` } as const
  const refused = await refusedByDocuments(context, plan)
  const isEmpty = refused.length === 0 && plan.rest.every(({ kind }) => kind === 'additive')
  if (isEmpty || !plan.end) return { ...head, text: pattern(version, name), questions: [], losses: [], empty: true }
  const questions: string[] = []
  const answer = (hint: RenameHint) => {
    const question = formatHint(hint)
    const given = Object.hasOwn(request.answers, question) ? request.answers[question] : undefined
    if (given === undefined) questions.push(question)
    return given
  }
  const drafted = draftMigration({ from: plan.end, to: context.schema, version, name, refused, answer })
  const remarks = refused.map(({ line, reason }) => `${comment(`${line}: ${reason}`)}\n`)
  const text = `${remarks.join('')}${drafted}`
  const losses = lossesOfText(text)
  return { ...head, text: losses.length === 0 ? text : markDraft(text, losses), questions, losses, empty: false }
}

/** Nothing while it has open questions: answering them is an edit. */
function lossesOfText(text: string): readonly string[] {
  const parsed = parseMigration(text, { file: '' })
  return parsed.ok ? lossesOf(parsed.migration.operations) : []
}

function properName(text: string): string | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return NAME.test(name) ? name : undefined
}

function pattern(version: number, name: string): string {
  return `version: ${version}
name: ${name}
description: ${name.replaceAll('_', ' ')}
operations:
  # - { type: sql, up: "UPDATE posts SET title = trim(title)", down: "-- nothing to undo" }
`
}
