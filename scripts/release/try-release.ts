import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './run-command'

/** No Bun, no clone, no settings of the administrator: only what the system itself has. */
const BARE = { PATH: process.platform === 'win32' ? Bun.env.PATH : '/usr/bin:/bin', SystemRoot: Bun.env.SystemRoot }

/** The executable alone in an empty folder: makes a project, serves it, answers. Throws where it does not. */
export async function tryExecutable(executable: string, version: string): Promise<void> {
  await inEmptyFolder(async (cwd) => {
    const printed = await runCommand([executable, '--version'], { cwd, env: BARE })
    if (printed.trim() !== version) throw new Error(`${executable} says it is ${printed.trim()}`)
    await runCommand([executable, 'init', 'app', '--template', 'blog'], { cwd, env: BARE })
    await runCommand([executable, 'db', 'seed', '--dir', 'app'], { cwd, env: BARE })
    const server = Bun.spawn([executable, 'dev', '--dir', 'app', '--port', '0'], { cwd, env: BARE, stdout: 'pipe' })
    try {
      const url = await addressIn(server.stdout)
      const response = await fetch(`${url}/api/collections/posts?limit=1`)
      const { docs } = (await response.json()) as { docs?: readonly unknown[] }
      if (response.status !== 200 || docs?.length !== 1)
        throw new Error(`the posts were answered with ${response.status}`)
    } finally {
      server.kill('SIGTERM')
      await server.exited
    }
  })
}

/** The packed npm packages installed into an empty folder, and started as `npx koyalite`. Throws where that does not work. */
export async function tryPackages(tarballs: readonly string[], version: string): Promise<void> {
  await inEmptyFolder(async (cwd) => {
    writeFileSync(join(cwd, 'package.json'), '{ "private": true }\n')
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--offline']
    await runCommand(['npm', 'install', ...quiet, ...tarballs], { cwd })
    const printed = await runCommand(['npm', 'exec', '--offline', '--', 'koyalite', '--version'], { cwd })
    if (printed.trim() !== version) throw new Error(`npx koyalite says it is ${printed.trim()}`)
  })
}

async function inEmptyFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'koyalite release ')))
  mkdirSync(folder, { recursive: true })
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function addressIn(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  // Not `for await`: leaving that would close the pipe while the program still prints.
  const reader = output.getReader()
  while (true) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`it ended without serving:\n${text}`)
    text += decoder.decode(value, { stream: true })
    const url = /https?:\/\/[\w.[\]:]+:\d+/.exec(text)?.[0]
    if (url !== undefined) return url
  }
}
