import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** cel-go in a separate process: one JSON line per request and per response. */
export interface CelGo {
  ask(requests: readonly unknown[]): Promise<readonly unknown[]>
  close(): void
}

const SOURCE = join(import.meta.dir, 'cel-go')

/** Builds and starts it. A text says why that is not supported here: Go is missing, or its modules cannot be fetched. */
export async function startCelGo(): Promise<CelGo | string> {
  if (Bun.which('go') === null) return 'Go is not installed'
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-cel-go-'))
  const program = join(folder, 'cel-go')
  const built = Bun.spawnSync(['go', 'build', '-o', program, '.'], { cwd: SOURCE, stderr: 'pipe' })
  if (!built.success) {
    rmSync(folder, { recursive: true })
    return `cel-go cannot be built: ${built.stderr.toString().trim().split('\n').at(-1)}`
  }
  const child = Bun.spawn([program], { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' })
  const lines = linesOf(child.stdout)
  return {
    async ask(requests) {
      child.stdin.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(''))
      child.stdin.flush()
      const responses: unknown[] = []
      while (responses.length < requests.length) {
        const { value, done } = await lines.next()
        if (done === true) throw new Error('cel-go has ended')
        responses.push(JSON.parse(value))
      }
      return responses
    },
    close() {
      child.kill()
      rmSync(folder, { recursive: true })
    },
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}
