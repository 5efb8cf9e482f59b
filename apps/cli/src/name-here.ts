/** What people who know other tools type, by the command that it stands under. */
const CALLED: Readonly<Record<string, readonly (readonly [meant: string, ...typed: string[]])[]>> = {
  '': [
    ['dev, or start in production', 'serve', 'server', 'run', 'up', 'watch'],
    ['start, on the server', 'deploy'],
    ['init', 'new', 'create'],
    ...['backup', 'restore', 'import', 'dump', 'seed', 'reset'].map((name) => [`db ${name}`, name] as const),
    ['db dump', 'export'],
    ['generate', 'gen', 'codegen', 'types'],
    ['migrate', 'migration', 'migrations'],
    ['migrate status', 'status'],
    ['rules test', 'test'],
    ['rules explain', 'explain'],
    ['doctor', 'check'],
  ],
  db: [
    ['import', 'load'],
    ['dump', 'export'],
    ['reset', 'drop', 'clear'],
  ],
  migrate: [
    ['apply', 'up', 'run', 'deploy', 'dev'],
    ['rollback', 'down', 'undo', 'revert'],
    ['create', 'new', 'make', 'add', 'generate', 'diff'],
  ],
}

/** What the command of another tool is called here; undefined where that is not known. */
export function nameHere(parent: string, typed: string): string | undefined {
  const names = Object.hasOwn(CALLED, parent) ? CALLED[parent] : undefined
  return names?.find(([, ...others]) => others.includes(typed.toLowerCase()))?.[0]
}
