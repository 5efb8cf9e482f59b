import type { Definition } from '@koyalite/schema'
import { isFunctionName } from '../functions/function-table'
import { parseCel, type Syntax } from '../syntax/parse-cel'
import type { RandomSource } from './random-source'

/** An expression with parts of it moved into definitions: what it means is what the whole one means. */
export interface WithDefinitions {
  readonly source: string
  readonly definitions: ReadonlyMap<string, Definition>
}

const START = { line: 1, column: 1 }
const MAX_DEFINITIONS = 4

/**
 * Moves random parts of an expression into definitions, and parts of these into others. What a part takes from its surroundings becomes arguments,
 * and so do some of its own parts. The variables that a body binds get names that its arguments use, too.
 */
export function withRandomDefinitions(source: string, random: RandomSource): WithDefinitions {
  const parameters: (readonly string[])[] = []
  // The expression, and the body of each definition behind it.
  const texts = [source]
  while (parameters.length < MAX_DEFINITIONS && (parameters.length === 0 || random.chance(0.7))) {
    const at = random.below(texts.length)
    const moved = moveOut(texts[at] ?? '', `d${parameters.length}`, random)
    texts[at] = moved.rest
    texts.push(moved.body)
    parameters.push(moved.parameters)
  }
  const [rest = '', ...bodies] = texts
  const definitions = bodies.map((body, index): Definition => {
    const expression = { source: body, position: START }
    return { name: `d${index}`, parameters: parameters[index] ?? [], body: expression, position: START }
  })
  return { source: rest, definitions: new Map(definitions.map((definition) => [definition.name, definition])) }
}

interface MovedOut {
  readonly parameters: readonly string[]
  readonly rest: string
  readonly body: string
}

interface Place {
  readonly syntax: Syntax
  /** Whether a call of a definition may stand here, or only what is written. */
  readonly isOpen: boolean
  /** The variables that are bound around it. */
  readonly bound: ReadonlySet<string>
}

function moveOut(source: string, name: string, random: RandomSource): MovedOut {
  const { root } = parseCel(source)
  const part = random.pick(places(root, new Set()).filter(({ isOpen }) => isOpen)).syntax
  const inner = places(part, new Set())
  const holes: Syntax[] = []
  for (const { syntax, isOpen, bound } of inner) {
    if (holes.some((hole) => hole.start <= syntax.start && syntax.end <= hole.end)) continue
    const free = variablesIn(syntax)
    if ([...free].some((variable) => bound.has(variable))) continue
    // A variable of the surroundings is not in reach of the body: it, or something around it, must be an argument.
    const mustBe = syntax.kind === 'name' && free.size > 0
    if (mustBe || (isOpen && random.chance(free.size > 0 ? 0.3 : 0.08))) holes.push(syntax)
  }
  const parameters = holes.map((_, index) => `p${name.slice(1)}_${index}`)
  const call = `${name}(${holes.map((hole) => source.slice(hole.start, hole.end)).join(', ')})`
  const body = replaced(source, part, holes, parameters)
  return {
    parameters,
    rest: source.slice(0, part.start) + call + source.slice(part.end),
    body: renamed(body, holes.map((hole) => source.slice(hole.start, hole.end)).join(' '), random),
  }
}

function replaced(source: string, part: Syntax, holes: readonly Syntax[], parameters: readonly string[]): string {
  let text = ''
  let at = part.start
  const sorted = holes.map((hole, index) => ({ hole, parameter: parameters[index] ?? '' }))
  for (const { hole, parameter } of sorted.sort((a, b) => a.hole.start - b.hole.start)) {
    text += source.slice(at, hole.start) + parameter
    at = hole.end
  }
  return text + source.slice(at, part.end)
}

const VARIABLE = /\b[vrxc]\d+\b/g

/** The body with names of the arguments' variables in the place of its own: none is meant by the other. */
function renamed(body: string, args: string, random: RandomSource): string {
  const own = [...new Set(body.match(VARIABLE) ?? [])]
  const others = [...new Set(args.match(VARIABLE) ?? [])].filter((other) => !own.includes(other))
  const names = new Map(own.map((variable, index) => [variable, others[index] ?? variable]))
  return random.chance(0.8) ? body.replace(VARIABLE, (variable) => names.get(variable) ?? variable) : body
}

/** The variables that a syntax names and does not bind: of macros, and parameters. */
function variablesIn(syntax: Syntax, bound: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { syntax: one, bound: around } of places(syntax, bound)) {
    if (one.kind === 'name' && /^(?:[vrxc]\d+|r|p\d+_\d+)$/.test(one.name) && !around.has(one.name)) found.add(one.name)
  }
  return found
}

/** Every part where an expression stands, itself first. */
function places(syntax: Syntax, bound: ReadonlySet<string>, isOpen = true): readonly Place[] {
  return [{ syntax, isOpen, bound }, ...partsOf(syntax, bound)]
}

function partsOf(syntax: Syntax, bound: ReadonlySet<string>): readonly Place[] {
  const inside = (part: Syntax): readonly Place[] => places(part, bound)
  switch (syntax.kind) {
    case 'literal':
    case 'parameter':
    case 'name':
      return []
    case 'select':
      return inside(syntax.base)
    case 'index':
      return [...inside(syntax.base), ...places(syntax.index, bound, syntax.index.kind !== 'literal')]
    case 'call':
      return partsOfCall(syntax, bound)
    case 'list':
      return syntax.items.flatMap(inside)
    case 'map':
      return syntax.entries.flat().flatMap(inside)
    case 'not':
    case 'negate':
      return inside(syntax.operand)
    case 'binary':
      return [syntax.left, syntax.right].flatMap((side) =>
        places(side, bound, side.kind !== 'literal' || side.value !== null),
      )
    case 'logic':
      return syntax.operands.flatMap(inside)
    case 'conditional':
      return [syntax.condition, syntax.whenTrue, syntax.whenFalse].flatMap(inside)
  }
}

const MACROS: ReadonlySet<string> = new Set(['exists', 'all', 'exists_one', 'filter', 'map'])

function partsOfCall(call: Extract<Syntax, { kind: 'call' }>, bound: ReadonlySet<string>): readonly Place[] {
  const { target, name, args } = call
  const library = target?.kind === 'name' && (target.name === 'cel' || isFunctionName(`${target.name}.${name}`))
  const ofTarget = target === null || library ? [] : places(target, bound)
  const [first, ...rest] = args
  if (name === 'has' && target === null && first !== undefined) return places(first, bound, false)
  if (first?.kind !== 'name' || !(MACROS.has(name) || (library && name === 'bind'))) {
    return [...ofTarget, ...args.flatMap((argument) => places(argument, bound))]
  }
  const inner = new Set([...bound, first.name])
  if (!library) return [...ofTarget, ...rest.flatMap((argument) => places(argument, inner))]
  return rest.flatMap((argument, index) => places(argument, index === 0 ? bound : inner))
}
