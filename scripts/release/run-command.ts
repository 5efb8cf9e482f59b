export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Runs a program to its end; returns what it printed. Throws with all its output if it fails. */
export async function runCommand(command: readonly string[], { cwd, env }: RunOptions = {}): Promise<string> {
  const [program = '', ...args] = command
  // On Windows npm is a script, which only its full name starts.
  const path = Bun.which(program) ?? program
  const child = Bun.spawn([path, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${stdout}${stderr}`.trimEnd())
  return stdout
}
