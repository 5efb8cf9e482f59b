import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isCompiled } from '@koyalite/contracts'
import type { FunctionFiles } from '@koyalite/functions-service'
import { ProjectError } from './project-error'

/** Beside the sources, once they are packed: `scripts/functions-host.ts`. An executable has it inside. */
const PACKED = join(import.meta.dir, '../../../packages/functions/dist')

/** The programs that run functions. In an executable Bun is the executable itself. */
export const functionFiles = {
  bun: { executable: process.execPath, env: isCompiled(import.meta.url) ? { BUN_BE_BUN: '1' } : {} },
  async unpack(folder: string) {
    const pack = await readPack('functions')
    if (pack === null) {
      throw new ProjectError([
        'The programs that run functions are not packed: run `node scripts/set-up.mjs` in the clone.',
      ])
    }
    const place = join(folder, Bun.hash(pack).toString(36))
    const files: Readonly<Record<string, string>> = { ...JSON.parse(pack), 'bunfig.toml': '' }
    for (const [name, text] of Object.entries(files)) write(place, name, text)
    return place
  },
} satisfies FunctionFiles

/** What editors read where no package is installed: declarations by their paths below the folder of generated files. None where they are not packed. */
export async function editorTypes(): Promise<Readonly<Record<string, string>>> {
  const pack = await readPack('types')
  return pack === null ? {} : JSON.parse(pack)
}

/** The modules that functions in Python import, by their paths in the package: for editors. What runs them is not among them. */
export async function pythonFunctionsSources(): Promise<Readonly<Record<string, string>>> {
  const files: Readonly<Record<string, string>> = JSON.parse((await readPack('functions')) ?? '{}')
  const inside = Object.entries(files).flatMap(([path, text]) => {
    const name = path.startsWith(PYTHON) ? path.slice(PYTHON.length) : null
    return name === null || name.startsWith('host/') ? [] : [[name, text] as const]
  })
  return Object.fromEntries(inside)
}

const PYTHON = 'python/koyalite_functions/'

async function readPack(name: 'functions' | 'types'): Promise<string | null> {
  const isPack = new RegExp(`(^|[/\\\\])${name}[^/\\\\]*$`)
  const embedded = Bun.embeddedFiles.find((file) => 'name' in file && isPack.test(String(file.name)))
  if (embedded !== undefined) return embedded.text()
  const path = join(PACKED, `${name}.pack`)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

/** Whole or not at all: another server of this project may read it. */
function write(folder: string, name: string, text: string): void {
  const path = join(folder, name)
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  const part = `${path}.${process.pid}`
  writeFileSync(part, text)
  renameSync(part, path)
}
