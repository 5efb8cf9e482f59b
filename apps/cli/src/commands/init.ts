import { relative, resolve } from 'node:path'
import { cancel, isCancel, select, text } from '@clack/prompts'
import { Command, Option } from 'commander'
import { CommandError } from '../command-error'
import { commandName } from '../command-name'
import { adoptFile, adoptionLines } from '../init/adopt-file'
import { createProject } from '../init/create-project'
import { TEMPLATE_NAMES, TEMPLATES, type TemplateName } from '../init/templates'
import { withExample } from '../project-command'
import { isInteractive, paint, print, printJson } from '../terminal'

const EXAMPLES = `koyalite init blog --template blog
koyalite init --dir /srv/app
koyalite init --from app.db shop`

interface InitOptions {
  readonly template?: TemplateName
  readonly dir?: string
  readonly from?: string
  readonly key?: string
  readonly force?: true
  readonly json?: true
}

export function initCommand(): Command {
  const command = new Command('init')
    .description('create a project: schema.yaml, settings, seeds and a README')
    .argument('[name]', 'the folder of the project (default: the current directory)')
    .addOption(new Option('--template <template>', describeTemplates()).choices(TEMPLATE_NAMES))
    .option(
      '--from <database>',
      'adopt a SQLite database: its tables become collections; the file itself is not changed',
    )
    .option('--key <reference>', 'with --from: the encryption key of the file, env:NAME or file:path')
    .option('--dir <folder>', 'where to create it (default: the current directory)')
    .option('--force', 'allow a folder that is not empty; existing files are never overwritten')
    .option('--json', 'print the result as JSON')
    .action(async (name: string | undefined, options: InitOptions) => {
      if (options.from !== undefined) return initFrom(options.from, name, options)
      if (options.key !== undefined) throw new CommandError('--key requires --from', { exitCode: 2 })
      const asks = name === undefined && options.dir === undefined && options.json !== true && isInteractive()
      const answers = asks ? await ask(options.template) : { name, template: options.template ?? 'basic' }
      const dir = resolve(options.dir ?? '.', answers.name ?? '.')
      const created = createProject({ dir, template: answers.template, force: options.force === true })
      if (options.json === true) return printJson({ dir, template: answers.template, ...created })
      for (const file of created.files) print(`${paint('green', '+')} ${file}`)
      for (const file of created.kept) print(`${paint('dim', '·')} ${file} exists, left unchanged`)
      print('\nREADME.md has the first requests, from registering to writing.')
      print(nextSteps(dir, ['db seed', 'dev']))
    })
  return withExample(command, EXAMPLES)
}

async function initFrom(from: string, name: string | undefined, options: InitOptions): Promise<void> {
  if (options.template !== undefined) {
    throw new CommandError('--template and --from cannot be combined', { exitCode: 2 })
  }
  const dir = resolve(options.dir ?? '.', name ?? '.')
  const adopted = await adoptFile({ from: resolve(from), dir, key: options.key, force: options.force === true })
  if (options.json === true) return printJson({ dir, ...adopted })
  for (const file of adopted.files) print(`${paint('green', '+')} ${file}`)
  for (const file of adopted.kept) print(`${paint('dim', '·')} ${file} exists, left unchanged`)
  for (const line of adoptionLines(adopted)) print(line)
  print(nextSteps(dir, ['dev']))
}

function describeTemplates(): string {
  return TEMPLATE_NAMES.map((name) => `${name}: ${TEMPLATES[name].description}`).join('; ')
}

function nextSteps(dir: string, commands: readonly string[]): string {
  const folder = relative('.', dir)
  return `\nNext:\n${folder === '' ? '' : `  cd ${folder}\n`}${commands.map((command) => `  ${commandName(dir)} ${command}\n`).join('')}`
}

async function ask(given: TemplateName | undefined): Promise<{ name: string; template: TemplateName }> {
  const name = await text({
    message: 'What is the project called?',
    placeholder: 'my-app',
    defaultValue: 'my-app',
    validate: (value) => (/[/\\]/.test(value ?? '') ? 'Enter a name without slashes.' : undefined),
  })
  if (isCancel(name)) throw cancelled()
  if (given !== undefined) return { name, template: given }
  const template = await select<TemplateName>({
    message: 'Choose a template',
    options: TEMPLATE_NAMES.map((value) => ({ value, label: value, hint: TEMPLATES[value].description })),
  })
  if (isCancel(template)) throw cancelled()
  return { name, template }
}

function cancelled(): CommandError {
  cancel('Nothing was created.')
  return new CommandError('cancelled')
}
