import { admin, SETTINGS_AREA } from '@koyalite/access'
import { AppError, auditedActor, type JsonValue, shortRecord } from '@koyalite/contracts'
import { type DescribedOption, formatSettingsProblem, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { OperationsContext } from '../operations-context'
import { editSettings, type SettingsEdits, whyFixed } from '../settings/edit-settings'
import type { ReadSettings } from '../settings/settings-host'

const value = z.unknown()

const option = z.object({
  path: z.string(),
  kind: z.string(),
  help: z.string(),
  value: value.describe('As it is written; secrets are masked.'),
  default: value,
  nullable: z.boolean(),
  secret: z.boolean(),
  choices: z.array(z.string()).describe('Of a choice; otherwise empty.'),
  at_start: z.boolean().describe('Another value needs another start.'),
  waiting: z.boolean().describe('The files say something else than what is served, until the next start.'),
  variable: z.string(),
  origin: z.object({
    kind: z.enum(['default', 'file', 'variable', 'override']),
    file: z.string().nullable(),
    line: z.int().nullable(),
    variable: z.string().nullable(),
  }),
  fixed: z.string().nullable().describe('Why it cannot be changed here.'),
})

/** What the server is set to, where each value comes from, and changing it. */
export function settingsRoutes(context: OperationsContext): readonly Route[] {
  const host = context.settingsHost
  return [
    route({
      method: 'GET',
      path: '/api/admin/settings',
      name: 'listSettings',
      summary: 'List all settings, with their values and where these were set',
      access: admin(SETTINGS_AREA, 'read'),
      responses: {
        200: z.object({
          environment: z.string(),
          options: z.array(option),
          problems: z.array(z.string()).describe('What is wrong with the files: then no options are listed.'),
        }),
      },
      handle: () => {
        const read = host.read()
        const { environment } = context
        if (!read.ok) return { environment, options: [], problems: read.problems.map(formatSettingsProblem) }
        const waiting = new Set(host.waiting())
        return {
          environment,
          options: read.options.map((one) => ({ ...optionView(one), waiting: waiting.has(one.path) })),
          problems: [],
        }
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/admin/settings',
      name: 'changeSettings',
      summary: 'Change settings in koyalite.yaml, and secrets in .env; comments and order stay',
      access: admin(SETTINGS_AREA, 'write'),
      body: z.strictObject({
        set: shortRecord(z.string().max(200), value).describe('Values by path; null takes what was set away.'),
        dry_run: z.boolean().default(false).describe('Only checks them.'),
      }),
      responses: {
        200: z.object({
          files: z.array(z.string()).describe('Files that were changed, or would be.'),
          restart: z.array(z.string()).describe('Options that wait for another start.'),
        }),
      },
      handle: ({ actor, body }) =>
        inTurn(async () => {
          const before = optionsOf(host.read())
          const edits = body.set as SettingsEdits
          const texts = editSettings(host, before, edits)
          const after = host.read(texts)
          if (!after.ok) throw invalid(after.problems, Object.keys(edits))
          const files = Object.keys(texts)
          if (body.dry_run) return { files, restart: [] }
          const restart = await host.write(texts)
          await context.database.write((tx) => {
            context.audit.record(tx, {
              event: 'settings.changed',
              outcome: 'success',
              ...auditedActor(actor),
              details: { changes: changesOf(edits, before, after.options), restart },
            })
          })
          return { files, restart }
        }),
    }),
  ]
}

/** Of one process: a change reads the files that another one is about to write. */
let lastChange: Promise<unknown> = Promise.resolve()

function inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
  const changed = lastChange.then(change)
  lastChange = changed.catch(() => {})
  return changed
}

function optionView(one: DescribedOption) {
  const { path, kind, help, value, nullable, secret, choices, atStart, variable, origin } = one
  return {
    ...{ path, kind, help, value, default: one.default, nullable, secret, choices, variable },
    at_start: atStart,
    origin: {
      kind: origin.kind,
      file: 'file' in origin ? origin.file : null,
      line: origin.kind === 'file' ? origin.line : null,
      variable: origin.kind === 'variable' ? origin.name : null,
    },
    fixed: whyFixed(one),
  }
}

/** Throws CONFLICT where the files have mistakes already: an edit of one would hide that. */
function optionsOf(read: ReadSettings): readonly DescribedOption[] {
  if (read.ok) return read.options
  const problems = read.problems.map(formatSettingsProblem).join('; ')
  throw new AppError('CONFLICT', `The files of settings have mistakes: ${problems}. Correct them first.`)
}

function invalid(problems: (ReadSettings & { readonly ok: false })['problems'], paths: readonly string[]): AppError {
  const details = problems.map(({ message }) => ({
    field: paths.find((path) => message.startsWith(`${path}:`) || message.startsWith(`${path}.`)) ?? paths[0] ?? '',
    code: 'invalid',
    message,
  }))
  return new AppError('VALIDATION_ERROR', details.map(({ message }) => message).join('; '), { details })
}

/** For the audit log; secrets are masked in both. */
function changesOf(
  edits: SettingsEdits,
  before: readonly DescribedOption[],
  after: readonly DescribedOption[],
): readonly { readonly option: string; readonly from: JsonValue; readonly to: JsonValue }[] {
  const valueIn = (options: readonly DescribedOption[], path: string) =>
    options.find((one) => one.path === path)?.value ?? null
  return Object.keys(edits).map((option) => ({ option, from: valueIn(before, option), to: valueIn(after, option) }))
}
