import type { Command } from 'commander'
import { commandGroup } from '../command-group'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'
import { timeText } from './jobs-list'

interface Options {
  readonly dir?: string
  readonly json?: true
  readonly limit: string
  readonly list?: string
  readonly note?: string
}

export function mailSuppressionsCommand(): Command {
  return commandGroup('suppressions', 'addresses that get no emails', {
    commands: [listCommand(), addCommand(), removeCommand()],
    example: 'koyalite mail suppressions list',
  })
}

function listCommand(): Command {
  return projectCommand('list', 'list addresses that get no emails', 'koyalite mail suppressions list')
    .option('--limit <count>', 'maximum number of addresses', '100')
    .option('--json', 'print {"suppressions":[…],"next_cursor"}')
    .action(async ({ dir, limit, json }: Options) => {
      const query = { limit: Number(limit) }
      const page = await withProject(dir, (project) => adminOf(project).listMailSuppressions({ query }))
      if (json === true) return printJson(page)
      if (page.suppressions.length === 0) return note('No address is suppressed.')
      printTable(
        ['address', 'of', 'reason', 'since', ''],
        page.suppressions.map((one) => [
          one.address,
          one.list ?? 'all',
          one.reason,
          timeText(one.created_at),
          one.note ?? '',
        ]),
      )
    })
}

function addCommand(): Command {
  return projectCommand('add', 'stop sending emails to an address', 'koyalite mail suppressions add ann@example.com')
    .argument('<address>', 'the address')
    .option('--note <text>', 'why')
    .option('--json', 'print the suppression as the API has it')
    .action(async (address: string, options: Options) => {
      const body = { address, ...(options.note !== undefined && { note: options.note }) }
      const added = await withProject(options.dir, (project) => adminOf(project).addMailSuppression({ body }))
      if (options.json === true) return printJson(added)
      print(`No more emails are sent to ${added.address}.`)
    })
}

function removeCommand(): Command {
  const example = 'koyalite mail suppressions remove ann@example.com'
  return projectCommand('remove', 'send emails to an address again', example)
    .argument('<address>', 'the address')
    .option('--list <name>', 'where it has unsubscribed: the template or function')
    .option('--note <text>', 'why, which is needed after a complaint')
    .option('--json', 'print {"address","removed"}')
    .action(async (address: string, { dir, json, list, note: why }: Options) => {
      const query = { address, list, note: why }
      await withProject(dir, (project) => adminOf(project).removeMailSuppression({ query }))
      if (json === true) return printJson({ address, removed: true })
      print(`Emails to ${address} are allowed again.`)
    })
}
