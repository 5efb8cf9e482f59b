import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { jsonListOption, jsonObjectOption } from '../json-option'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { repeatableOption } from '../repeatable-option'
import { requireCollection } from '../require-collection'
import { explanationLines } from '../rules/explanation-lines'
import { print, printJson } from '../terminal'

const EXAMPLES = `koyalite rules explain posts read
koyalite rules explain posts read --filter status:eq:draft --sort=-created_at --expand author
koyalite rules explain posts update --as user:ann@example.com --id 0197a3d4-5b6c-7d8e-9f00-112233445566
koyalite rules explain posts create --as anonymous --data '{"title":"Hello"}' --json`

const OPERATIONS = ['create', 'read', 'update', 'delete'] as const
type Operation = (typeof OPERATIONS)[number]

interface Options {
  readonly dir?: string
  readonly as: string
  readonly id?: string
  readonly data?: string
  readonly filter: readonly string[]
  readonly where?: string
  readonly params?: string
  readonly sort?: string
  readonly expand?: string
  readonly json?: true
}

export function rulesExplainCommand(): Command {
  return projectCommand('explain', 'explain why an actor may or may not do something', EXAMPLES)
    .argument('<collection>', 'a collection of schema.yaml')
    .argument('<operation>', OPERATIONS.join(', '), parseOperation)
    .option('--as <actor>', 'anonymous, user:<id or address>, key, key:<scope>, operator:<role>', 'anonymous')
    .option('--id <id>', 'the key of the document')
    .option('--data <json>', 'the request body as JSON; @file reads it from a file')
    .addOption(repeatableOption('--filter <filter>', 'of a list: field:op:value, or JSON', 'none'))
    .option('--where <cel>', 'of a list: an expression over doc, auth and request.time')
    .option('--params <json>', 'of a list: what $1, $2 … of --where stand for')
    .option('--sort <fields>', 'of a list: fields to sort by, as in --sort=-created_at,title')
    .option('--expand <relations>', 'of a list: relations to expand')
    .option('--json', 'print the explanation as JSON')
    .action(async (collection: string, operation: Operation, options: Options) => {
      const data = options.data === undefined ? undefined : await parseData(options.data)
      const { as, id, where, sort, expand } = options
      const params = options.params === undefined ? undefined : jsonListOption('--params', options.params)
      const filter = options.filter.length === 0 ? undefined : options.filter
      const explanation = await withProject(options.dir, async (project) => {
        requireCollection(project, collection)
        return adminOf(project).explainRules({
          body: { collection, operation, as, id, data, filter, where, params, sort, expand },
        })
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
