import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { paint, print, printJson } from '../terminal'
import { working } from '../working'

const SIGNS = { ok: paint('green', '✓'), note: paint('yellow', '!'), problem: paint('red', '✗') } as const

export function doctorCommand(): Command {
  return projectCommand('doctor', 'check the project for problems and say how to fix them', 'koyalite doctor --json')
    .option('--json', 'print {"findings":[{"check","level","message","advice"}]}')
    .action(async (options: { dir?: string; json?: true }) => {
      const dir = projectFolder(options.dir)
      const { diagnoseProject } = await import('@koyalite/server')
      const findings = await working('Checking the project', () => diagnoseProject({ dir }))
      if (options.json === true) printJson({ findings })
      else {
        for (const { check, level, message, advice } of findings) {
          print(`${SIGNS[level]} ${check}: ${message}`)
          if (advice !== undefined) print(`  ${paint('dim', advice)}`)
        }
      }
      const problems = findings.filter(({ level }) => level === 'problem').length
      if (problems > 0) throw new CommandError(problems === 1 ? '1 problem found' : `${problems} problems found`)
    })
}
