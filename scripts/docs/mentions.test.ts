import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { wholeCommandLine } from 'koyalite'

/** A command of the command line, as far as these tests need it. */
type Command = Awaited<ReturnType<typeof wholeCommandLine>>

const root = resolve(import.meta.dir, '../..')
const pages = ['README.md', 'docs/*.md', 'examples/*/README.md', 'apps/cli/src/templates/*/README.md']
  .flatMap((pattern) => Array.from(new Bun.Glob(pattern).scanSync({ cwd: root })))
  .sort()
/** Blocks of code, and code in sentences. */
const codeOf = (page: string): readonly string[] => {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = Array.from(text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```/gm), ([, code = '']) => code.split('\n')).flat()
  const inline = Array.from(text.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`([^`]+)`/g), ([, code = '']) => code)
  return [...blocks, ...inline]
}

describe('commands that pages mention exist, with their options', () => {
  test.each(pages)('%s', async (page) => {
    const commandLine = await wholeCommandLine()
    const wrong = codeOf(page).flatMap((code) =>
      Array.from(code.matchAll(/(?<![^\s/(|]|\bfrom |koyalite\.dev\/)koyalite ((?:[a-z]|--)[^|#>]*)/g)).flatMap(
        ([, call = '']) => {
          const mistake = mistakeOf(commandLine, call.trim().split(/\s+/))
          return mistake === null ? [] : [`${code}: ${mistake}`]
        },
      ),
    )
    expect(wrong).toEqual([])
  })
})

function mistakeOf(commandLine: Command, words: readonly string[]): string | null {
  let command = commandLine
  let at = 0
  for (; at < words.length; at++) {
    const sub = command.commands.find((one) => one.name() === words[at])
    if (sub === undefined) break
    command = sub
  }
  if (command === commandLine && !words[0]?.startsWith('--')) return `no such command: ${words[0]}`
  const flags = words.slice(at).flatMap((word) => /^--[a-z][\w-]*/.exec(word) ?? [])
  const known = new Set(['--help', '--version', ...command.options.map(({ long }) => long)])
  const unknown = flags.filter((flag) => !known.has(flag))
  return unknown.length > 0 ? `${command.name()} has no ${unknown.join(', ')}` : null
}

describe('routes that pages mention exist', () => {
  const book = readFileSync(join(root, 'apps/server/src/testing/route-book.ts'), 'utf8')
  const routes = Array.from(book.matchAll(/'([A-Z]+) (\/[^']*)'/g), ([, method = '', path = '']) => {
    return { method, path: path.split('/') }
  })
  test('are known', () => expect(routes.length).toBeGreaterThan(100))
  const exists = (method: string, path: string) => {
    const parts = path.split('/')
    return routes.some(
      (route) =>
        method === route.method &&
        (route.path.length === parts.length || route.path.at(-1) === '*') &&
        route.path.every((part, index) => part === '*' || part.startsWith(':') || matches(parts[index] ?? '', part)),
    )
  }
  test.each(pages)('%s', (page) => {
    const wrong = codeOf(page).flatMap((code) => {
      const [, method, path = ''] = /^(GET|POST|PUT|PATCH|DELETE) (\/[^\s?{]*)/.exec(code) ?? []
      if (method === undefined) return []
      return exists(method, path) ? [] : [code]
    })
    expect(wrong).toEqual([])
  })
})

describe('settings that pages mention exist', () => {
  const page = readFileSync(join(root, 'docs/settings.md'), 'utf8')
  const settings = new Set(Array.from(page.matchAll(/^\| `([\w.]+)` \|/gm), ([, name = '']) => name))
  const sections = new Set([...settings].map((name) => name.split('.')[0]))
  /** Of rules, names of tasks, and types of events. */
  const others =
    /^auth\.(id|role|email|verified|claims|metadata|can|sweep|registered|login|logout|email_verified|email_changed|password_changed)$|^audit\.prune$|^backups\.create$/
  test.each(pages)('%s', (page) => {
    const names = codeOf(page).filter((code) => /^[a-z_]+(\.[a-z_]+)+$/.test(code) && sections.has(code.split('.')[0]))
    const isSetting = (name: string) => [...settings].some((one) => one === name || one.startsWith(`${name}.`))
    expect(names.filter((name) => !isSetting(name) && !others.test(name))).toEqual([])
  })
})

/** `:c` and `<key>` of a page stand for any part. */
function matches(part: string, wanted: string): boolean {
  return part === wanted || /^[:<~*]/.test(part)
}
