import { runCommand } from './run-command'

export type Audit =
  | { readonly kind: 'clean' }
  /** Known holes in what is shipped. */
  | { readonly kind: 'vulnerable'; readonly report: string }
  /** Nobody could be asked: that says nothing about the dependencies. */
  | { readonly kind: 'unreachable'; readonly reason: string }

/** Asks the registry for known holes of high severity in the dependencies of the lockfile. */
export async function auditDependencies(root: string): Promise<Audit> {
  try {
    await runCommand([process.execPath, 'audit', '--audit-level=high'], { cwd: root })
    return { kind: 'clean' }
  } catch (error) {
    return readAudit((error as Error).message)
  }
}

/** @param output of a `bun audit` that failed */
export function readAudit(output: string): Audit {
  const refused = output.split('\n').find((line) => /^error: /.test(line))
  if (refused !== undefined && !/\d+ vulnerabilit/.test(output))
    return { kind: 'unreachable', reason: refused.slice('error: '.length) }
  return { kind: 'vulnerable', report: output }
}
