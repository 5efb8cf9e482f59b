import { CelError } from '../syntax/cel-error'
import { rangeOf, type Syntax } from '../syntax/parse-cel'
import { aType, joinTypes, mayBe } from './cel-type'
import type { CheckContext } from './check-context'
import type { Expression } from './expression'

type SyntaxOf<K extends Syntax['kind']> = Extract<Syntax, { kind: K }>

/** `[a, b]` */
export function checkList(syntax: SyntaxOf<'list'>, context: CheckContext): Expression {
  const items = syntax.items.map((item) => context.check(item, context))
  const element = joinTypes(items.map((item) => item.type))
  return { kind: 'list', items, type: { kind: 'list', element }, range: rangeOf(syntax) }
}

/** `{key: value}` */
export function checkMap(syntax: SyntaxOf<'map'>, context: CheckContext): Expression {
  const entries = syntax.entries.map(([keySyntax, valueSyntax]) => {
    const key = context.check(keySyntax, context)
    if (!(['string', 'int', 'uint', 'bool'] as const).some((kind) => mayBe(key.type, kind))) {
      throw new CelError(`${aType(key.type)} cannot be a key of a map`, keySyntax)
    }
    return [key, context.check(valueSyntax, context)] as const
  })
  const value = joinTypes(entries.map(([, entry]) => entry.type))
  return { kind: 'map', entries, type: { kind: 'map', value }, range: rangeOf(syntax) }
}

/** `condition ? then : otherwise` */
export function checkConditional(syntax: SyntaxOf<'conditional'>, context: CheckContext): Expression {
  const condition = context.check(syntax.condition, context)
  if (!mayBe(condition.type, 'bool')) {
    throw new CelError(`the condition before ? must be a bool, not ${aType(condition.type)}`, syntax.condition)
  }
  const whenTrue = context.check(syntax.whenTrue, context)
  const whenFalse = context.check(syntax.whenFalse, context)
  const type = joinTypes([whenTrue.type, whenFalse.type])
  return { kind: 'conditional', condition, whenTrue, whenFalse, type, range: rangeOf(syntax) }
}
