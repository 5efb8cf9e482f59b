import type { PreviewMailTemplateResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { jsonObjectOption } from '../json-option'
import { ApiError, adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'

const EXAMPLES = `koyalite emails preview welcome --locale fr
koyalite emails preview welcome --props '{"name":"Ann"}' --html > welcome.html`

interface Options {
  readonly dir?: string
  readonly locale?: string
  readonly props?: string
  readonly html?: true
  readonly json?: true
}

export function emailsPreviewCommand(): Command {
  return projectCommand('preview', 'render a template of emails, without sending it', EXAMPLES)
    .argument('<name>', 'the template, from `emails list`')
    .option('--locale <tag>', 'language of its texts, like fr or fr-CA')
    .option('--props <json>', 'instead of its PreviewProps')
    .option('--html', 'print its HTML')
    .option('--json', 'print it as the API has it')
    .action(async (name: string, options: Options) => {
      const { email, error, ...rest } = await previewOf(name, options)
      if (options.json === true) return printJson({ ...rest, email, error })
      if (email === null) {
        if (error?.trace) note(error.trace)
        throw new CommandError(error?.message ?? `${name} could not be rendered`)
      }
      if (options.html === true) return print(email.html)
      print(`${paint('bold', email.subject)}\n\n${email.text}`)
      if (email.missing.length > 0) note(`No language has: ${email.missing.join(', ')}`)
    })
}

async function previewOf(name: string, { dir, locale, props }: Options): Promise<PreviewMailTemplateResponse> {
  const given = props === undefined ? undefined : JSON.stringify(jsonObjectOption('--props', props))
  try {
    return await withProject(dir, (project) =>
      adminOf(project).previewMailTemplate({ params: { name }, query: { locale, props: given } }),
    )
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    throw new CommandError(error.message, { advice: 'Run koyalite emails list to see them all.', cause: error })
  }
}
