import { readFileSync } from 'node:fs'
import { shellWords } from './shell-words'

/** A step that a README shows: a `sh` block, and a `json` block with the response that it promises. */
export type Sample =
  | {
      readonly kind: 'request'
      /** As it stands in the README. */
      readonly command: string
      /** Parsed; the text `…` stands for any text. Undefined where the README shows none. */
      readonly response: unknown
    }
  /** `TOKEN=…  # access_token`: keeps a part of the last answer. */
  | { readonly kind: 'keep'; readonly command: string; readonly name: string; readonly path: string }
  /** `CODE=…  # in the email to ann@example.com`: something that a reader has from elsewhere. */
  | { readonly kind: 'given'; readonly command: string; readonly name: string; readonly source: string }
  /** `printf 'input' | koyalite users create …`, or `bin/koyalite` in a clone. */
  | { readonly kind: 'koyalite'; readonly command: string; readonly stdin: string; readonly args: readonly string[] }

export interface SampleRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** `-b`: with the cookies that were stored, `-c`: storing those of the response. */
  readonly sendsCookies: boolean
  readonly storesCookies: boolean
}

/**
 * The samples of a Markdown file, in its order: blocks with one curl, with values to keep, or with a command that reads
 * stdin. Throws for a curl that would not be run, because it shares its block with something else.
 */
export function readSamples(path: string): readonly Sample[] {
  const text = readFileSync(path, 'utf8')
  const samples = samplesOf(text)
  const commands = samples.map(({ command }) => command)
  const skipped = [...text.matchAll(/^.*\bcurl .*$/gm)].find(([line]) => !commands.some((one) => one.startsWith(line)))
  if (skipped) throw new Error(`${path}: no test runs this line, put it in a block of its own: ${skipped[0]}`)
  return samples
}

/** Those of Markdown without other lines that call curl. */
export function samplesOf(text: string): readonly Sample[] {
  const blocks = text.matchAll(/```sh\n([\s\S]*?)\n```(?:\n```json\n([\s\S]*?)\n```)?/g)
  return Array.from(blocks).flatMap(([, command = '', response]): Sample[] => {
    if (command.startsWith('curl ')) {
      return [{ kind: 'request', command, response: response === undefined ? undefined : JSON.parse(response) }]
    }
    const piped = /^printf '([^']*)' \| (?:bin\/)?koyalite ([\s\S]*)$/.exec(command)
    if (piped)
      return [{ kind: 'koyalite', command, stdin: piped[1] ?? '', args: shellWords(piped[2] ?? '', new Map()) }]
    return Array.from(command.matchAll(/^(\w+)=… +# (.+)$/gm), ([line, name = '', from = '']) =>
      /^[\w.]+$/.test(from)
        ? { kind: 'keep', command: line, name, path: from }
        : { kind: 'given', command: line, name, source: from },
    )
  })
}

/** The request of a curl. Throws for one that is not understood. */
export function parseCurl(command: string, variables: ReadonlyMap<string, string>): SampleRequest {
  const words = shellWords(command, variables)
  const headers: Record<string, string> = {}
  const data: string[] = []
  let [method, url, body]: [string, string, string | undefined] = ['GET', '', undefined]
  const options = new Set<string>()
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) url = word
    else if (word !== '-G' && word !== '-i') {
      const value = words[++at] ?? ''
      options.add(word)
      if (word === '-X') method = value
      else if (word === '-H') headers[value.slice(0, value.indexOf(':'))] = value.slice(value.indexOf(':') + 1).trim()
      else if (word === '--data-urlencode')
        data.push(`${value.slice(0, value.indexOf('='))}=${encodeURIComponent(value.slice(value.indexOf('=') + 1))}`)
      else if (word === '--json') {
        body = value
        headers['content-type'] = 'application/json'
        if (method === 'GET') method = 'POST'
      } else if (word === '-d') body = value
      else if (word !== '-b' && word !== '-c') throw new Error(`curl ${word} is not understood: ${command}`)
    }
  }
  const { pathname, search } = new URL(url)
  const path = `${pathname}${data.length > 0 ? `?${data.join('&')}` : search}`
  return { method, path, headers, body, sendsCookies: options.has('-b'), storesCookies: options.has('-c') }
}

/** A response in the form of the promised one: texts and lists that are promised as `…` are that, and what an error says beyond it is left out. */
export function withoutEllipses(promised: unknown, response: unknown): unknown {
  if (promised === '…' && (typeof response === 'string' || Array.isArray(response))) return '…'
  if (Array.isArray(promised) && Array.isArray(response))
    return response.map((item, index) => withoutEllipses(promised[index], item))
  if (!isObject(promised) || !isObject(response)) return response
  const shown = Object.entries(response).filter(([name]) => !OFTEN_LEFT_OUT.has(name) || Object.hasOwn(promised, name))
  return Object.fromEntries(shown.map(([name, value]) => [name, withoutEllipses(promised[name], value)]))
}

/** Parts of every error that a sample shows only where they are its point. */
const OFTEN_LEFT_OUT = new Set(['request_id', 'timestamp', 'details', 'message'])

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
