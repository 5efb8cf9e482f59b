import type { Command } from 'commander'
import { confirm } from '../migrate/confirm'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'

interface Options {
  readonly dir?: string
  readonly yes?: true
  readonly json?: true
}

export function jobsReleaseCommand(): Command {
  return projectCommand(
    'release',
    'run the jobs and send the emails that are held since this project was copied or restored',
    'koyalite jobs release --copied',
  )
    .requiredOption('--copied', 'those that are held because this is a copy: the original may have run them already')
    .option('--yes', 'skip the confirmation')
    .option('--json', 'print {"released","mails"}')
    .action(async ({ dir, yes, json }: Options) => {
      const { released, mails } = await withProject(dir, async (project) => {
        const admin = adminOf(project)
        const { held } = await admin.listJobQueues()
        const waiting = await admin.listMails({ query: { state: 'held', limit: MAX_COUNTED } })
        const count = waiting.mails.length
        if (held + count === 0) return { released: 0, mails: 0 }
        const more = waiting.next_cursor === null ? '' : ' or more'
        await confirm(`Release ${heldText(held, count)}${more}, which the original may have run or sent already?`, {
          yes: yes === true,
        })
        const sent = count === 0 ? 0 : (await admin.releaseMails()).released
        return { released: held === 0 ? 0 : (await admin.releaseJobs()).released, mails: sent }
      })
      if (json === true) return printJson({ released, mails })
      if (released + mails === 0) note('No jobs or emails are held.')
      else print(`Released ${heldText(released, mails)}.`)
    })
}

/** One page. */
const MAX_COUNTED = 100

function heldText(jobs: number, mails: number): string {
  const countText = (count: number, what: string) =>
    count === 0 ? [] : [count === 1 ? `1 ${what}` : `${count} ${what}s`]
  return [...countText(jobs, 'job'), ...countText(mails, 'email')].join(' and ')
}
