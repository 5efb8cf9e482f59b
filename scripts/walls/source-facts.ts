import { type Program, parseSync, visitorKeys } from 'oxc-parser'

export interface Located {
  readonly line: number
  readonly text: string
}

/** What the walls want to know of one source file. */
export interface SourceFacts {
  readonly lines: number
  /** `import`, `export from`, `import()`, `require()`; the specifier as written. */
  readonly imports: readonly Located[]
  /** The names that it imports, as their modules export them. */
  readonly importedNames: readonly (Located & { readonly from: string })[]
  /** Those of `imports` that run the other file when this one is loaded: no types, no `import()`. */
  readonly valueImports: readonly Located[]
  readonly defaultExports: readonly Located[]
  /** Reads of the environment: process.env, Bun.env. */
  readonly environment: readonly Located[]
  /** Globals of Node or Bun. */
  readonly runtimeGlobals: readonly Located[]
  /** Uses of the types that requests are made of: Headers, Request, Response, URLSearchParams. */
  readonly webTypes: readonly Located[]
  /** Strings that begin like an SQL statement. */
  readonly sql: readonly Located[]
  /** Other strings of several words. */
  readonly sentences: readonly Located[]
}

const SQL_START =
  /^\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|TRIGGER|VIEW|(UNIQUE\s+)?INDEX|VIRTUAL)\s|ALTER\s+TABLE\s|DROP\s+(TABLE|INDEX|TRIGGER|VIEW)\s|PRAGMA\s|WITH\s+(RECURSIVE\s+)?\S+\s+AS\s|BEGIN\s+IMMEDIATE|VACUUM\b)/

const WEB_TYPES: ReadonlySet<string> = new Set(['Headers', 'Request', 'Response', 'URLSearchParams'])

/** Parses one file. Throws an Error with the parser's message where it is not valid TypeScript. */
export function sourceFacts(path: string, text: string): SourceFacts {
  const { program, module, errors } = parseSync(path, text)
  const first = errors[0]
  if (first !== undefined) throw new Error(first.message)
  const lineAt = lineCounter(text)
  const at = (start: number, what: string): Located => ({ line: lineAt(start), text: what })
  const environment: Located[] = []
  const runtimeGlobals: Located[] = []
  const webTypes: Located[] = []
  const sql: Located[] = []
  const sentences: Located[] = []
  const required: Located[] = []
  walk(program, (node) => {
    if (node.type === 'MemberExpression') {
      const name = `${identifier(node.object)}.${identifier(node.property)}`
      if (name === 'process.env' || name === 'Bun.env') environment.push(at(node.start, name))
      const object = identifier(node.object)
      if (object === 'process' || object === 'Bun' || object === 'Buffer') runtimeGlobals.push(at(node.start, object))
    }
    if (WEB_TYPES.has(identifier(node))) webTypes.push(at(node.start, identifier(node)))
    if (node.type === 'CallExpression' && identifier(node.callee) === 'require') {
      const argument = (node.arguments as Node[])[0]
      if (typeof argument?.value === 'string') required.push(at(node.start, argument.value))
    }
    const string =
      node.type === 'Literal'
        ? node.value
        : node.type === 'TemplateElement'
          ? (node.value as { raw: string }).raw
          : null
    if (typeof string !== 'string') return
    if (SQL_START.test(string)) sql.push(at(node.start, string.trim().slice(0, 40)))
    else if (/\w \w/.test(string)) sentences.push(at(node.start, string))
  })
  const exports = module.staticExports.flatMap((statement) => statement.entries.map((entry) => ({ statement, entry })))
  return {
    lines: text.endsWith('\n') ? lineAt(text.length) - 1 : lineAt(text.length),
    imports: [
      ...module.staticImports.map((found) => at(found.start, found.moduleRequest.value)),
      ...dedupe(
        exports.flatMap(({ statement, entry }) =>
          entry.moduleRequest === null ? [] : [at(statement.start, entry.moduleRequest.value)],
        ),
      ),
      ...module.dynamicImports.flatMap((found) => {
        const literal = /^(['"])(.*)\1$/.exec(text.slice(found.moduleRequest.start, found.moduleRequest.end))
        return literal?.[2] === undefined ? [] : [at(found.start, literal[2])]
      }),
      ...required,
    ],
    importedNames: module.staticImports.flatMap((found) =>
      found.entries.map(({ importName }) => ({
        ...at(found.start, importName.name ?? ''),
        from: found.moduleRequest.value,
      })),
    ),
    valueImports: [
      ...module.staticImports
        .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
        .map((found) => at(found.start, found.moduleRequest.value)),
      ...dedupe(
        exports.flatMap(({ statement, entry }) =>
          entry.moduleRequest === null || entry.isType ? [] : [at(statement.start, entry.moduleRequest.value)],
        ),
      ),
    ],
    defaultExports: exports
      .filter(({ entry }) => entry.exportName.kind === 'Default' || entry.exportName.name === 'default')
      .map(({ statement }) => at(statement.start, 'default')),
    environment,
    runtimeGlobals,
    webTypes: dedupe(webTypes),
    sql,
    sentences,
  }
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

function walk(program: Program, visit: (node: Node) => void): void {
  // The tree is only read by field name, so one loose node type serves all kinds.
  const stack: Node[] = [program as unknown as Node]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    visit(node)
    for (const key of visitorKeys[node.type] ?? []) {
      const child = node[key]
      if (Array.isArray(child)) stack.push(...child.filter((item) => item !== null))
      else if (child !== null && child !== undefined) stack.push(child as Node)
    }
  }
}

function identifier(node: unknown): string {
  const { type, name } = node as { type: string; name?: string }
  return type === 'Identifier' ? (name ?? '') : ''
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

function dedupe(found: readonly Located[]): Located[] {
  return [...new Map(found.map((item) => [`${item.line} ${item.text}`, item])).values()]
}
