import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isCancel, select } from '@clack/prompts'
import { printableText } from '@koyalite/contracts'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { type Answers, type Draft, draft } from '../migrate/migration-api'
import { type Project, projectFolder, withProject } from '../project'
import { projectCommand } from '../project-command'
import { isInteractive, note, paint, print, printJson } from '../terminal'

export function migrateCreateCommand(): Command {
  return projectCommand(
    'create',
    'draft a migration file for the changes in schema.yaml',
    'koyalite migrate create rename_title',
  )
    .argument('<name>', 'what it does, such as rename_title')
    .option(
      '--json',
      'print {"file","version","name","questions":[…],"losses":[…],"empty"} instead of asking questions',
    )
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const dir = projectFolder(options.dir)
      const asks = options.json !== true && isInteractive()
      const drafted = await withProject(dir, (project) => draftAsking(project, name, asks), { migrate: 'none' })
      write(join(dir, drafted.file), drafted.text)
      const { file, version, questions, losses, empty } = drafted
      if (options.json === true) return printJson({ file, version, name: drafted.name, questions, losses, empty })
      print(`${paint('green', '+')} ${file}`)
      for (const question of questions) {
        note(`${paint('yellow', '?')} ${question}: choose one in ${file}:${lineOf(question, drafted.text)}`)
      }
      note(nextStep(drafted))
    })
}

function lineOf(question: string, text: string): number {
  return text.split('\n').findIndex((line) => line.includes(question)) + 1
}

function nextStep({ empty, losses, questions }: Draft): string {
  if (empty) return 'schema.yaml has no changes that need another migration: add your own operations to the file.'
  if (questions.length > 0) return 'Nothing is applied until then.'
  if (losses.length === 0) return 'It loses no data. dev applies it at once; otherwise run: koyalite migrate apply'
  return `It loses ${losses.join(', ')}. Review it: it waits until you edit it or add the line "confirm: true", or run koyalite migrate apply.`
}

/** Drafts again with each answer: a rename may bring further possible ones to light. */
async function draftAsking(project: Project, name: string, asks: boolean): Promise<Draft> {
  const answers: Record<string, Answers[string]> = {}
  for (;;) {
    const drafted = await draft(project, name, answers)
    const open = drafted.questions.filter((question) => !Object.hasOwn(answers, question))
    const [question] = open
    if (!asks || question === undefined) return drafted
    const answer = await select<Answers[string]>({
      message: printableText(`${question}.`),
      options: [
        { value: 'rename', label: 'Yes, it was renamed' },
        { value: 'drop', label: 'No: drop the old one and its data, and add the new one' },
      ],
    })
    if (isCancel(answer)) throw new CommandError('Nothing was written.')
    answers[question] = answer
  }
}

/** Under its name only when it is whole: dev applies a file as soon as it is there. */
function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const part = join(dirname(path), '.draft.part')
  writeFileSync(part, text)
  renameSync(part, path)
}
