import { test } from 'bun:test'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { koyaliteCommand, koyaliteEnvironment } from './koyalite-command'
import { type GuideStep, readGuide } from './read-guide'
import { type Answer, KEYS, runInTerminal } from './run-in-terminal'
import { sampleRunner } from './run-samples'
import { until } from './until'

/** Where guides are followed, and what their reader does besides. */
export interface GuideOptions {
  /** An empty folder, which takes the place of a clone. */
  readonly dir: () => string
  readonly port: number
  /** Its reader has `koyalite` already, where commands are found. */
  readonly isInstalled?: true
  /** What is typed where commands ask. */
  readonly answers?: Readonly<Record<string, readonly Answer[]>>
  /** What to look at when a section is done. */
  readonly after?: Readonly<Record<string, (guide: Guide) => Promise<void>>>
}

export interface Guide {
  readonly url: string
  /** Path of a file in the folder where the reader is. */
  path(name: string): string
  /** Stops the server with Ctrl-C, and starts it again. */
  restart(): Promise<void>
  /** Ctrl-C, if a server runs. */
  stop(): Promise<void>
}

/** The port that guides are written for. */
const WRITTEN = '127.0.0.1:8090'

/** Declares a test for each step of a guide. They run in order, in real shells. */
export function followGuide(page: string, options: GuideOptions): Guide & { readonly steps: readonly GuideStep[] } {
  const { dir, port } = options
  const url = `http://127.0.0.1:${port}`
  const here = (text: string) => text.replaceAll(WRITTEN, `127.0.0.1:${port}`)
  const steps = readGuide(page)
  const runSample = sampleRunner({ url: () => url, dir: () => shell.cwd(), key: () => '' })
  const shell = createShell(dir, { env: { KOYALITE_SERVER_PORT: String(port) }, ...options })
  let server: { readonly child: Bun.Subprocess; readonly command: string } | null = null
  let printed = ''
  /** What the server had printed before the last thing that was done. */
  let seen = 0

  const guide: Guide = {
    url,
    path: (name) => resolve(shell.cwd(), name),
    async restart() {
      await serve(server?.command ?? '')
    },
    async stop() {
      server?.child.terminal?.write(KEYS.interrupt)
      await server?.child.exited
      server?.child.terminal?.close()
      server = null
    },
  }

  async function serve(command: string): Promise<void> {
    await guide.stop()
    seen = printed.length
    const child = shell.spawn(command, (text) => {
      printed += text
    })
    server = { child, command }
    const isReady = async () => {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}:\n${printed}`)
      return (await fetch(`${url}/health/ready`).catch(() => null))?.status === 200
    }
    await until(isReady, { what: () => printed })
  }

  const prints = (output: string) =>
    until(() => matcher(here(output)).test(printed.slice(seen)), {
      what: () => `${output}\nin what the server printed:\n${printed.slice(seen)}`,
    })

  async function take(step: GuideStep): Promise<void> {
    if (step.kind === 'printed') {
      await prints(step.output)
      return
    }
    if (step.kind !== 'end') seen = printed.length
    switch (step.kind) {
      case 'sample':
        return runSample(step.sample)
      case 'file': {
        const path = guide.path(step.path)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, here(step.text))
        return
      }
      case 'edit': {
        const path = guide.path(step.path)
        const parts = readFileSync(path, 'utf8').split(step.from)
        if (parts.length !== 2) throw new Error(`${step.path} has this ${parts.length - 1} times:\n${step.from}`)
        writeFileSync(path, parts.join(step.to))
        return
      }
      case 'server':
        await serve(step.command)
        if (step.output !== null) await prints(step.output)
        return
      case 'shell': {
        const shown = await shell.run(here(step.command), options.answers?.[step.title] ?? [])
        if (step.output !== null && !matcher(here(step.output), 'whole').test(shown)) {
          throw new Error(`${step.command} promises:\n${step.output}\nbut prints:\n${shown}`)
        }
        return
      }
      case 'end':
        await options.after?.[step.title]?.(guide)
    }
  }

  // Each step builds on those before: the first failure is the one to look at.
  let isLost = false
  test.each(steps.map((step) => [step.kind, step.title, step] as const))('%s: %s', async (_kind, _title, step) => {
    if (isLost) throw new Error('an earlier step failed')
    try {
      await take(step)
    } catch (error) {
      isLost = true
      throw error
    }
  })
  return { ...guide, steps }
}

interface Shell {
  cwd(): string
  /** Runs a command to its end. Throws if it fails, unless it ends with 1: tests and checks do so when they find something. */
  run(command: string, answers: readonly Answer[]): Promise<string>
  /** Starts a command that goes on, in a terminal of its own. */
  spawn(command: string, print: (text: string) => void): Bun.Subprocess
}

/** A shell that keeps its folder and its variables from command to command, in a folder with `bin/koyalite`. */
function createShell(
  dir: () => string,
  { env, isInstalled }: { readonly env: Readonly<Record<string, string>> } & Pick<GuideOptions, 'isInstalled'>,
): Shell {
  const file = (name: string) => join(dir(), '.shell', name)
  let isOpen = false
  function open(): void {
    if (isOpen) return
    isOpen = true
    for (const folder of ['.shell', 'bin']) mkdirSync(join(dir(), folder))
    const words = koyaliteCommand().map((word) => `'${word}'`)
    writeFileSync(join(dir(), 'bin/koyalite'), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`)
    chmodSync(join(dir(), 'bin/koyalite'), 0o755)
    writeFileSync(file('variables'), isInstalled === true ? `export PATH="${dir()}/bin:$PATH"\n` : '')
    writeFileSync(file('cwd'), dir())
  }
  /** `.shell` is $0 of the script, so that nothing has to be quoted. */
  function script(text: string, command: string): readonly string[] {
    open()
    writeFileSync(file('command'), command)
    return ['bash', '-c', `. "$0/variables"; cd "$(cat "$0/cwd")"; ${text}`, join(dir(), '.shell')]
  }
  return {
    cwd() {
      open()
      return readFileSync(file('cwd'), 'utf8').trim()
    },
    async run(command, answers) {
      const words = script(`set -e; . "$0/command"; export -p > "$0/variables"; pwd > "$0/cwd"`, command)
      const { code, shown } = await runInTerminal([], { cwd: dir(), answers, command: words, env })
      if (code > 1) throw new Error(`${command} ended with ${code}:\n${shown}`)
      return plain(shown).trim()
    },
    spawn(command, print) {
      const decoder = new TextDecoder()
      return Bun.spawn([...script(`exec ${command.trim()}`, command)], {
        env: koyaliteEnvironment({ TERM: 'xterm-256color', ...env }),
        terminal: {
          cols: 200,
          rows: 50,
          data: (_terminal, bytes) => print(plain(decoder.decode(bytes, { stream: true }))),
        },
      })
    },
  }
}

/** Without colors, and with the line breaks of files. */
function plain(shown: string): string {
  return stripVTControlCharacters(shown).replaceAll('\r\n', '\n')
}

function matcher(promised: string, extent?: 'whole'): RegExp {
  const parts = promised.trim().split('…')
  const pattern = parts.map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s\\S]*?')
  return new RegExp(extent === 'whole' ? `^${pattern}$` : pattern)
}
