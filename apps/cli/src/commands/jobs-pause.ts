import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'

interface Options {
  readonly dir?: string
  readonly json?: true
}

export function jobsPauseCommand(): Command {
  return oneQueue('pause', 'pause a queue: what runs in it ends, and nothing begins')
    .option('--json', 'print {"queue","paused"}')
    .action(async (name: string, { dir, json }: Options) => {
      const isKnown = await withProject(dir, async (project) => {
        const { queues } = await adminOf(project).listJobQueues()
        await adminOf(project).pauseJobQueue({ params: { name } })
        return queues.some((queue) => queue.name === name)
      })
      if (json === true) return printJson({ queue: name, paused: true })
      print(`Paused ${name}.`)
      if (!isKnown) note(`No function uses a queue named ${name} yet. To list the queues: koyalite jobs queues`)
    })
}

export function jobsResumeCommand(): Command {
  return oneQueue('resume', 'let the jobs of a paused queue begin again')
    .option('--json', 'print {"queue","paused"}')
    .action(async (name: string, { dir, json }: Options) => {
      await withProject(dir, (project) => adminOf(project).resumeJobQueue({ params: { name } }))
      if (json === true) printJson({ queue: name, paused: false })
      else print(`Resumed ${name}.`)
    })
}

function oneQueue(verb: string, description: string): Command {
  return projectCommand(verb, description, `koyalite jobs ${verb} mail`).argument(
    '<queue>',
    'its name, from `jobs queues`',
  )
}
