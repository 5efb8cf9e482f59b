import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { jsonObjectOption } from '../json-object-option'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { requireCollection } from '../require-collection'
import { explanationLines } from '../rules/explanation-lines'
import { print, printJson } from '../terminal'

const EXAMPLES = `koyalite rules explain posts read
koyalite rules explain posts update --as user:ann@example.com --id 0197a3d4-5b6c-7d8e-9f00-112233445566
koyalite rules explain posts create --as anonymous --data '{"title":"Hello"}' --json`

const OPERATIONS = ['create', 'read', 'update', 'delete'] as const
type Operation = (typeof OPERATIONS)[number]

interface Options {
  readonly dir?: string
  readonly as: string
  readonly id?: string
  readonly data?: string
  readonly json?: true
}

export function rulesExplainCommand(): Command {
  return projectCommand('explain', 'explain why an actor may or may not do something', EXAMPLES)
    .argument('<collection>', 'a collection of schema.yaml')
    .argument('<operation>', OPERATIONS.join(', '), parseOperation)
    .option('--as <actor>', 'anonymous, user:<id or address>, key, key:<scope>, operator:<role>', 'anonymous')
    .option('--id <id>', 'the key of the document')
    .option('--data <json>', 'the request body as JSON; @file reads it from a file')
    .option('--json', 'print the explanation as JSON')
    .action(async (collection: string, operation: Operation, options: Options) => {
      const data = options.data === undefined ? undefined : await parseData(options.data)
      const explanation = await withProject(options.dir, async (project) => {
        requireCollection(project, collection)
        return adminOf(project).explainRules({ body: { collection, operation, as: options.as, id: options.id, data } })
      })
      if (options.json === true) return printJson(explanation)
      for (const line of explanationLines(explanation)) print(line)
    })
}

function parseOperation(text: string): Operation {
  const operation = OPERATIONS.find((name) => name === text)
  if (operation !== undefined) return operation
  throw new InvalidArgumentError(`Expected one of ${OPERATIONS.join(', ')}.`)
}

async function parseData(text: string): Promise<Readonly<Record<string, unknown>>> {
  return jsonObjectOption('--data', text.startsWith('@') ? await readFile(text.slice(1), 'utf8') : text)
}
