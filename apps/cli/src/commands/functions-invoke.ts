import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, apiErrorOf, type Project, withProject } from '../project'
import { projectCommand } from '../project-command'
import { readInputBytes } from '../read-input'
import { repeatableOption } from '../repeatable-option'
import { note, paintError, print, printBytes, printJson, textOfBytes } from '../terminal'
import { CUT } from './functions-logs'

const EXAMPLES = `koyalite functions invoke hello
koyalite functions invoke hello '{"name":"Ann"}'
koyalite functions invoke report @input.json --json
echo '{"name":"Ann"}' | koyalite functions invoke hello -
koyalite functions invoke stripe @event.json --header "Stripe-Signature: t=1"
koyalite functions invoke files --method GET --path "/2026/report.pdf?download=1" > report.pdf`

interface InvokeOptions {
  readonly dir?: string
  readonly method?: string
  readonly path?: string
  readonly header: readonly string[]
  readonly json?: true
}

export function functionsInvokeCommand(): Command {
  return projectCommand('invoke', 'call a function as the server, and print what it returns', EXAMPLES)
    .argument('<name>', 'a function, or a version of it: hello@3')
    .argument('[input]', 'JSON, or the body for one that takes requests; @file, or - for standard input (default: {})')
    .option('--method <method>', 'for one that takes requests (default: POST with a body, GET without)')
    .option('--path <path>', 'for one that takes requests: what follows its name, with the query')
    .addOption(repeatableOption('--header <header>', 'for one that takes requests, like "Accept: text/csv"', 'none'))
    .option('--json', 'print {"output","execution","log","truncated"}; of a response also {"status","headers","body"}')
    .action((name: string, input: string | undefined, options: InvokeOptions) =>
      withProject(options.dir, async (project) => {
        const { kind } = await adminOf(project).getFunction({ params: { name: name.replace(/@\d+$/, '') } })
        if (kind === 'raw') return sendRequest(project, name, { ...options, input })
        if (options.method !== undefined || options.path !== undefined || options.header.length > 0)
          throw new CommandError(`${name} takes an input: --method, --path and --header are for functions with fetch`, {
            exitCode: 2,
          })
        return callWithInput(project, name, { input: readInput(input), isJson: options.json === true })
      }),
    )
}

async function callWithInput(
  project: Project,
  name: string,
  { input, isJson }: { readonly input: string; readonly isJson: boolean },
): Promise<void> {
  const response = await project.fetch(`/api/functions/${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: input,
  })
  const text = await response.text()
  const called = await calledOf(project, response)
  if (!isJson) noteLog(called)
  if (!response.ok) throw apiErrorOf(response.status, text)
  if (isJson) printJson({ output: parsed(text), ...called })
  else print(text)
}

/** Whatever the status, the response is printed: it is what the function has to say. One from 400 on makes the command fail. */
async function sendRequest(
  project: Project,
  name: string,
  {
    input,
    method = input === undefined ? 'GET' : 'POST',
    path = '',
    header,
    json,
  }: InvokeOptions & { readonly input: string | undefined },
): Promise<void> {
  const response = await project.fetch(`/api/functions/${encodeURIComponent(name)}${below(path)}`, {
    method: method.toUpperCase(),
    headers: header.map(parseHeader),
    ...(input !== undefined && { body: readInputBytes(input) }),
  })
  const body = new Uint8Array(await response.arrayBuffer())
  const called = await calledOf(project, response)
  const { status } = response
  if (json === true) {
    printJson({
      status,
      headers: Object.fromEntries(response.headers),
      body: textOfBytes(body) ?? Buffer.from(body).toString('base64'),
      ...called,
    })
  } else {
    noteLog(called)
    note(paintError(status < 400 ? 'dim' : 'red', `${status} ${response.headers.get('content-type') ?? ''}`.trim()))
    await printBytes(body)
  }
  if (status >= 400) throw new CommandError(`${name} answered with ${status}`)
}

function below(path: string): string {
  return path === '' || /^[/?]/.test(path) ? path : `/${path}`
}

function parseHeader(text: string): [string, string] {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined)
    throw new CommandError(`'${text}' is not a header`, { exitCode: 2, advice: 'Write "Name: value".' })
  return [name, value]
}

function readInput(input = '{}'): string {
  const text = new TextDecoder().decode(readInputBytes(input))
  try {
    JSON.parse(text)
    return text
  } catch (cause) {
    throw new CommandError(`the input is not JSON: ${(cause as Error).message}`, {
      exitCode: 2,
      advice: `Quote it for the shell: koyalite functions invoke hello '{"name":"Ann"}'`,
    })
  }
}

interface Called {
  /** Null where it was refused before it ran. */
  readonly execution: string | null
  readonly log: readonly string[]
  readonly truncated: boolean
}

/** The call that a response is of, with what it has written to its log. */
async function calledOf(project: Project, response: Response): Promise<Called> {
  const id = response.headers.get('koyalite-execution')
  if (id === null) return { execution: null, log: [], truncated: false }
  const { logs, truncated } = await adminOf(project).getExecution({ params: { id } })
  const log = logs.map(({ level, message }) => (level === 'info' ? message : `${level}: ${message}`))
  return { execution: id, log, truncated }
}

function noteLog({ log, truncated }: Called): void {
  for (const line of truncated ? [...log, CUT] : log) note(paintError('dim', line))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
