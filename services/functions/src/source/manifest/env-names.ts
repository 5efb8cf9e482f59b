/** Why the manifest cannot set an environment variable of this name; undefined where it can. */
export function envNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `'${name.slice(0, 100)}' is not a name of an environment variable: use letters, digits and '_'`
  }
  const upper = name.toUpperCase()
  const reason = REFUSED.find(({ pattern }) => pattern.test(upper))?.reason
  return reason === undefined ? undefined : `'${name}' cannot be set: ${reason}`
}

/** What would decide which code runs, or how, before the function does. */
const REFUSED: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /^KOYALITE_/, reason: 'KOYALITE_… are the variables of the server' },
  { pattern: /^(LD|DYLD)_/, reason: 'it changes which libraries programs load' },
  { pattern: /^(GCONV_PATH|GLIBC_TUNABLES|LOCPATH|MALLOC_.*)$/, reason: 'it changes how the C library works' },
  {
    pattern: /^(NODE_OPTIONS|NODE_PATH|NODE_REPL_.*|BUN_.*|DENO_.*|NPM_CONFIG_.*)$/,
    reason: 'it changes how the runtime starts',
  },
  { pattern: /^PYTHON/, reason: 'it changes how the runtime starts' },
  {
    pattern: /^GO(FLAGS|ROOT|PATH|TOOLCHAIN|DEBUG|ENV|WORK|GC|MAXPROCS|MEMLIMIT|TRACEBACK)$/,
    reason: 'it changes how Go builds or runs',
  },
  { pattern: /^(PATH|HOME|TMPDIR|TMP|TEMP|TZ|PWD|SHELL)$/, reason: 'the server sets it' },
  { pattern: /^(HTTP|HTTPS|ALL|NO|FTP)_PROXY$/, reason: "the server sets it; say in 'network' what can be reached" },
  { pattern: /^(BASH_ENV|ENV|IFS|SHELLOPTS|BASHOPTS|PS4|BASH_FUNC_.*)$/, reason: 'it changes how shells work' },
]
