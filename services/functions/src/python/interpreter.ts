import type { FoundPython } from './find-python'

/** What a Python says of itself. */
export interface Interpreter extends FoundPython {
  /** `3.11.2` */
  readonly version: string
  /** `cpython-311`: in the names of compiled modules. */
  readonly tag: string
  /** Where it is installed: its libraries are below it. */
  readonly prefix: string
}

const ASK = `import json, sys
print(json.dumps([".".join(map(str, sys.version_info[:3])), sys.implementation.cache_tag, sys.base_prefix]))`
const TIMEOUT_MS = 10_000
const LEAST = [3, 9] as const

/** Asked once, when something is built or started first: it takes a process. @throws Error in words, for one that cannot be used */
export function askInterpreter(found: FoundPython): Interpreter {
  const { success, stdout, stderr } = Bun.spawnSync([found.executable, '-I', '-S', '-c', ASK], {
    env: {},
    timeout: TIMEOUT_MS,
  })
  if (!success) throw new Error(`${found.executable} does not work: ${stderr.toString().trim().slice(0, 300)}`)
  const [version, tag, prefix] = JSON.parse(stdout.toString()) as [string, string, string]
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major !== LEAST[0] || minor < LEAST[1])
    throw new Error(`Python ${LEAST.join('.')} or later is needed, and ${found.executable} is ${version}`)
  return { ...found, version, tag, prefix }
}

/** What of the machine a sandbox has to show, for it to run: nothing where it is one of the system's programs. */
export function filesOf({ prefix, executable }: Interpreter): readonly string[] {
  return [prefix, executable].filter((path) => !path.startsWith('/usr/') && path !== '/usr')
}
