import { dirname } from 'node:path'

/** The folder of the Deno that tests run: of the package `deno`, or of the machine. Null where there is none. */
export const denoFolder = inPackage() ?? onMachine()

function inPackage(): string | null {
  const name = `@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`
  try {
    return dirname(
      Bun.resolveSync(`${name}/package.json`, dirname(Bun.resolveSync('deno/package.json', import.meta.dir))),
    )
  } catch {
    return null
  }
}

function onMachine(): string | null {
  const found = Bun.which('deno')
  return found === null ? null : dirname(found)
}
