import type { Report, YamlEntry } from '@koyalite/yaml'
import type { Definition } from './model'
import { readExpression, readMap } from './shape'

/** As many as a call may have arguments. */
const MAX_PARAMETERS = 16

/** Reads `definitions`: `is_member(workspace)` → the expression that it stands for. */
export function parseDefinitions(entry: YamlEntry | undefined, report: Report): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>()
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return definitions
  for (const item of readMap(entry.value, "'definitions'", report)?.entries ?? []) {
    const signature = parseSignature(item, report)
    const body = readExpression(item, report)
    if (!signature || !body) continue
    const { name } = signature
    const earlier = definitions.get(name)
    if (earlier) {
      report(item.keyPosition, `definition '${name}' is given twice (first in line ${earlier.position.line})`)
    } else definitions.set(name, { ...signature, body, position: item.keyPosition })
  }
  return definitions
}

/** Names as CEL has them: definitions stand beside its functions, whose names are written so. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/

function nameProblem(name: string, what: 'definition' | 'parameter'): string | undefined {
  if (NAME.test(name)) return undefined
  return `${what} name '${shortened(name)}' is not allowed: use letters, digits and '_', at most 63 characters, starting with a letter`
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** `is_member(workspace)` */
export function signatureOf({ name, parameters }: Pick<Definition, 'name' | 'parameters'>): string {
  return `${name}(${parameters.join(', ')})`
}

const SIGNATURE = /^\s*([^\s()]+)\s*\(([^()]*)\)\s*$/

function parseSignature(
  { key, keyPosition }: YamlEntry,
  report: Report,
): Pick<Definition, 'name' | 'parameters'> | undefined {
  const [, name, list] = SIGNATURE.exec(key) ?? []
  if (name === undefined || list === undefined) {
    const example = NAME.test(key) ? key : 'is_member'
    report(
      keyPosition,
      `'${shortened(key)}' is not a definition: write its name and parameters, like "${example}(workspace)" or "${example}()"`,
    )
    return undefined
  }
  const parameters = list.trim() === '' ? [] : list.split(',').map((parameter) => parameter.trim())
  if (parameters.length > MAX_PARAMETERS) {
    report(keyPosition, `a definition may have at most ${MAX_PARAMETERS} parameters`)
    return undefined
  }
  const problems = [
    nameProblem(name, 'definition'),
    ...parameters.map((parameter) => nameProblem(parameter, 'parameter')),
    ...parameters.map((parameter, index) =>
      parameters.indexOf(parameter) < index ? `parameter '${parameter}' of '${name}' is given twice` : undefined,
    ),
  ].filter((problem) => problem !== undefined)
  for (const problem of problems) report(keyPosition, problem)
  return problems.length === 0 ? { name, parameters } : undefined
}
