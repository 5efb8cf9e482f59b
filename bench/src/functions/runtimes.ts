import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

const PEERS = join(import.meta.dir, '../../peers/functions')
const WORK = join(import.meta.dir, '../../.work')

/** A runtime of functions, and the least that answers the same in its language: the floor. */
export interface FunctionRuntime {
  readonly name: string
  /** Of the function `hello-<name>`, in functions/. */
  readonly files: Readonly<Record<string, string>>
  /** Bounds of the first call, in milliseconds; null: none is promised. */
  readonly coldMs: number | null
  /** Starts the floor; null where the language is not on this machine. */
  floor(port: number): readonly string[] | null
}

const HELLO = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  input: { name: 'string' },
  output: { message: 'string' },
  handler: ({ name }) => ({ message: 'Hello ' + name }),
})
`

export const RUNTIMES: readonly FunctionRuntime[] = [
  {
    name: 'bun',
    files: { 'hello-bun.ts': HELLO },
    coldMs: 50,
    floor: (port) => [process.execPath, join(PEERS, 'bun.ts'), String(port)],
  },
  {
    name: 'deno',
    files: { 'hello-deno.ts': HELLO, 'hello-deno.yaml': 'runtime: deno\n' },
    coldMs: 150,
    floor: (port) =>
      Bun.which('deno') === null ? null : ['deno', 'run', '--allow-net', join(PEERS, 'deno.js'), String(port)],
  },
  {
    name: 'python',
    files: {
      'hello-python.py': `from dataclasses import dataclass
from koyalite_functions import Ctx, function

@dataclass
class Input:
    name: str

@dataclass
class Output:
    message: str

@function(access="true")
def hello(ctx: Ctx, data: Input) -> Output:
    return Output("Hello " + data.name)
`,
    },
    coldMs: 250,
    floor: (port) => (Bun.which('python3') === null ? null : ['python3', join(PEERS, 'server.py'), String(port)]),
  },
  {
    name: 'go',
    files: {
      'hello-go.go': `package main

import "koyalite.dev/koyalite"

type Input struct {
	Name string \`json:"name"\`
}

type Output struct {
	Message string \`json:"message"\`
}

func main() {
	koyalite.Serve(func(ctx koyalite.Ctx, in Input) (Output, error) {
		return Output{"Hello " + in.Name}, nil
	}, koyalite.Config{Access: "true"})
}
`,
    },
    coldMs: null,
    floor(port) {
      if (Bun.which('go') === null) return null
      mkdirSync(WORK, { recursive: true })
      const program = join(WORK, 'functions-floor')
      const built = Bun.spawnSync(['go', 'build', '-o', program, '.'], {
        cwd: join(PEERS, 'go'),
        env: { ...process.env, GOWORK: 'off' },
      })
      return built.success ? [program, String(port)] : null
    },
  },
]

/** A function that does nothing but to calculate. */
export const FIB = `import { defineFunction } from '@koyalite/functions'
const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2))
export default defineFunction({
  config: { access: 'true', concurrency: 1 },
  input: { n: 'int' },
  handler: ({ n }) => fib(n),
})
`
