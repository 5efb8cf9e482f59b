import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Without Go, what is written in it cannot be tested. */
export const hasGo = Bun.which('go') !== null

const STATICCHECK_MODULE = join(import.meta.dir, 'tools/go.mod')

export interface GoModule {
  readonly dir: string
  /** Runs a command in the folder. @returns what it prints if it fails, or prints nothing else; empty where all is well */
  run(...command: readonly string[]): string
  /** What gofmt would change. */
  formatProblems(): string
  staticcheck(): string
  remove(): void
}

/** Files in the folder of a module of their own. */
export function goModule(files: ReadonlyMap<string, string>): GoModule {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-go-'))
  for (const [path, text] of new Map([['go.mod', 'module example.com/generated\n\ngo 1.24\n'], ...files])) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  const spawn = (command: readonly string[]) =>
    Bun.spawnSync([...command], { cwd: dir, env: { ...process.env, GOWORK: 'off' } })
  const output = ({ stdout, stderr }: { readonly stdout: Buffer; readonly stderr: Buffer }) => `${stdout}${stderr}`
  return {
    dir,
    run(...command) {
      const result = spawn(command)
      return result.success ? '' : output(result)
    },
    formatProblems: () => output(spawn(['gofmt', '-d', '.'])),
    staticcheck() {
      const built = spawn(['go', 'tool', `-modfile=${STATICCHECK_MODULE}`, '-n', 'staticcheck'])
      const program = built.stdout.toString().trim()
      if (!built.success || program === '') return output(built)
      const result = spawn([program, '-checks', 'all,-ST1000', './...'])
      return result.success ? '' : output(result)
    },
    remove: () => rmSync(dir, { recursive: true }),
  }
}
