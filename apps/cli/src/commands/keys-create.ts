import { didYouMean, GRANTABLE_SCOPES, type GrantedScope, KEY_SCOPES, type KeyScope } from '@koyalite/contracts'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { repeatableOption } from '../repeatable-option'
import { note, paintError, print, printJson } from '../terminal'

const EXAMPLES = `koyalite keys create --name backend
koyalite keys create --scope data:read --scope data:write=posts,comments --json`

export function keysCreateCommand(): Command {
  return projectCommand('create', 'create a service key; it is shown only once', EXAMPLES)
    .option('--name <name>', 'a name that says what the key is for')
    .addOption(
      repeatableOption(
        '--scope <scope>',
        `${GRANTABLE_SCOPES.join(', ')}; add =posts,comments to limit it to collections`,
        'admin',
      ),
    )
    .option('--json', 'print {"id","key","scopes"}')
    .action(async (options: { dir?: string; name?: string; scope: string[]; json?: true }) => {
      const scopes = (options.scope.length === 0 ? ['admin'] : options.scope).map(parseScope)
      const { id, key } = await withProject(options.dir, (project) =>
        adminOf(project).createKey({ body: { name: options.name, scopes } }),
      )
      if (options.json === true) return printJson({ id, key, scopes })
      print(key)
      note(
        `${paintError('dim', `id ${id}, scope ${scopes.map(formatScope).join(' ')}.`)} Store it safely: it is not shown again.`,
      )
      note(paintError('dim', `Use it as a header: Authorization: Bearer ${key.slice(0, 6)}…`))
    })
}

/** `data:read=posts,comments`, `functions:invoke=report` */
export function formatScope({ scope, collections, functions }: GrantedScope): string {
  const limits = collections ?? functions
  return limits === undefined ? scope : `${scope}=${limits.join(',')}`
}

function parseScope(text: string): GrantedScope {
  // `functions:invoke:report` is `functions:invoke=report`.
  const [name = '', list, ...more] = text.replace(/^functions:invoke:/, 'functions:invoke=').split('=')
  if (!KEY_SCOPES.includes(name as KeyScope) || more.length > 0) {
    throw new CommandError(`there is no scope '${name}'${didYouMean(name, KEY_SCOPES)}`, {
      exitCode: 2,
      advice: `Scopes are ${GRANTABLE_SCOPES.join(', ')}.`,
    })
  }
  const scope = name as KeyScope
  if (!GRANTABLE_SCOPES.includes(scope)) {
    throw new CommandError(`the scope '${name}' is not available in this version`, {
      exitCode: 2,
      advice: `Scopes are ${GRANTABLE_SCOPES.join(', ')}.`,
    })
  }
  if (list === undefined) return { scope }
  const names = list.split(',').map((one) => one.trim())
  const what = scope === 'functions:invoke' ? 'function' : 'collection'
  if (names.includes('')) throw new CommandError(`--scope ${text} has no ${what} after the =`, { exitCode: 2 })
  return scope === 'functions:invoke' ? { scope, functions: names } : { scope, collections: names }
}
