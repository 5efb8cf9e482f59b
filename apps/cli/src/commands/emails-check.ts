import type { AdminClient } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'

interface Options {
  readonly dir?: string
  readonly json?: true
}

interface Checked {
  readonly template: string
  readonly file: string
  readonly locale: string
  readonly problems: readonly string[]
}

export function emailsCheckCommand(): Command {
  const description =
    'render each template in each language with its PreviewProps, and say what fails and which texts are missing'
  return projectCommand('check', description, 'koyalite emails check')
    .option('--json', 'print [{"template","file","locale","problems"}]')
    .action(async ({ dir, json }: Options) => {
      const checked = await withProject(dir, (project) => checkAll(adminOf(project)))
      const failed = checked.filter(({ problems }) => problems.length > 0)
      if (json === true) printJson(checked)
      else if (checked.length === 0) note('The project has no templates: they are files like emails/welcome.tsx.')
      else printChecked(checked)
      if (failed.length === 0) return
      const count = failed.length === 1 ? 'a template of emails has' : `${failed.length} templates of emails have`
      throw new CommandError(`${count} problems`, {
        advice: 'koyalite dev shows them at /_/mail as you change them.',
      })
    })
}

async function checkAll(admin: AdminClient): Promise<readonly Checked[]> {
  const { templates, default_locale: otherwise } = await admin.listMailTemplates()
  const checked: Checked[] = []
  for (const { name, file, locales } of templates) {
    if (file === null) continue
    for (const locale of new Set([otherwise, ...locales])) {
      const problems = await problemsOf(admin, name, locale)
      checked.push({ template: name, file, locale, problems })
    }
  }
  return checked
}

async function problemsOf(admin: AdminClient, name: string, locale: string): Promise<readonly string[]> {
  const { email, error } = await admin.previewMailTemplate({ params: { name }, query: { locale } })
  if (email === null) return [error?.message ?? 'it was not rendered']
  return [
    ...email.missing.map((key) => `no language has the text ${key}`),
    ...email.untranslated.map((key) => `${locale} has no text ${key}: it is in another language`),
  ]
}

function printChecked(checked: readonly Checked[]): void {
  for (const { file, locale, problems } of checked) {
    print(`${problems.length === 0 ? paint('green', '✓') : paint('red', '✗')} ${file}  ${paint('dim', locale)}`)
    for (const problem of problems) print(`    ${problem.replaceAll('\n', '\n    ')}`)
  }
}
