import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { printJson } from '../terminal'

interface Options {
  readonly dir?: string
  readonly json?: true
}

export function emailsListCommand(): Command {
  return projectCommand(
    'list',
    'list templates of emails: those of sign-in and those of the project',
    'koyalite emails list',
  )
    .option('--json', 'print {"default_locale","templates":[…]}')
    .action(async ({ dir, json }: Options) => {
      const found = await withProject(dir, (project) => adminOf(project).listMailTemplates())
      if (json === true) return printJson(found)
      printTable(
        ['name', 'file', 'languages'],
        found.templates.map(({ name, file, locales }) => [name, file ?? "(the server's own)", locales.join(', ')]),
      )
    })
}
