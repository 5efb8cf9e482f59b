import { AppError, type ErrorDetail, type JsonValue } from '@koyalite/contracts'
import { type DescribedOption, editVariable } from '@koyalite/kernel'
import { editYaml, YamlEditError } from '@koyalite/yaml'
import type { SettingsHost, SettingsTexts } from './settings-host'

/** Values by path (`server.port`); null takes what was set away. */
export type SettingsEdits = Readonly<Record<string, JsonValue>>

const MAIN_FILE = 'koyalite.yaml'
const SECRETS_FILE = '.env'

/** Those whose change by itself would leave a server that cannot start. */
const BY_COMMAND: Readonly<Record<string, string>> = {
  'database.path': 'Move the database while the server is stopped, then change it in koyalite.yaml.',
  'database.encryption_key': 'Another key needs the database rewritten: koyalite db encrypt, rekey or decrypt.',
}

/** Why an option cannot be changed here; null where it can. */
export function whyFixed({ path, origin }: Pick<DescribedOption, 'path' | 'origin'>): string | null {
  const byCommand = BY_COMMAND[path]
  if (byCommand !== undefined) return byCommand
  switch (origin.kind) {
    case 'variable':
      return origin.file === null ? `The environment of the server sets ${origin.name}, which is stronger.` : null
    case 'override':
      return `The command that started the server sets it (--${path.split('.').at(-1)}).`
    default:
      return null
  }
}

/**
 * The files of settings with other values: each where it is set now, else in koyalite.yaml, a secret in .env. Nothing is written.
 * Throws VALIDATION_ERROR with everything that is wrong.
 */
export function editSettings(
  host: Pick<SettingsHost, 'textOf'>,
  options: readonly DescribedOption[],
  edits: SettingsEdits,
): SettingsTexts {
  const texts: Record<string, string> = {}
  const details: ErrorDetail[] = []
  for (const [path, value] of Object.entries(edits)) {
    const option = options.find((one) => one.path === path)
    const why = option === undefined ? `there is no option '${path}'` : whyFixed(option)
    if (option === undefined || why !== null) {
      details.push({ field: path, code: 'fixed', message: why ?? '' })
      continue
    }
    const name = fileFor(option)
    try {
      texts[name] = edited(texts[name] ?? host.textOf(name) ?? '', name, { option, value })
    } catch (error) {
      if (!(error instanceof YamlEditError || error instanceof RangeError)) throw error
      details.push({ field: path, code: 'file', message: `${name} cannot be changed: ${error.message}` })
    }
  }
  if (details.length > 0) {
    throw new AppError('VALIDATION_ERROR', details.map(({ message }) => message).join('; '), { details })
  }
  return texts
}

/** @throws YamlEditError @throws RangeError */
function edited(
  text: string,
  name: string,
  { option, value }: { readonly option: DescribedOption; readonly value: JsonValue },
): string {
  if (name.startsWith(SECRETS_FILE)) {
    const written = value === null || typeof value === 'string' ? value : JSON.stringify(value)
    return editVariable(text, variableOf(option), written)
  }
  const path = option.path.split('.')
  if (value !== null) return editYaml(text, [{ type: 'set', path, value }])
  return option.origin.kind === 'default' ? text : editYaml(text, [{ type: 'remove', path }])
}

function fileFor({ origin, secret }: DescribedOption): string {
  if (origin.kind === 'variable' && origin.file !== null) return origin.file
  // A secret in a file that is committed moves to the one that is not.
  if (secret) return SECRETS_FILE
  return origin.kind === 'file' ? origin.file : MAIN_FILE
}

function variableOf({ origin, variable }: DescribedOption): string {
  return origin.kind === 'variable' ? origin.name : variable
}
