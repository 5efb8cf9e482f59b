import type { CelFacts } from '../memory/cel-environment'
import { childrenOf, type Expression, operandComparedWithNull } from './expression'

/**
 * Whether an expression that looks at no document has the same value for every caller of a class. What a request is like never is known
 * there.
 */
export function isKnown(expression: Expression, facts: CelFacts): boolean {
  switch (expression.kind) {
    case 'request':
      return false
    case 'auth':
      return !isOpenPart(expression.part, facts)
    case 'equals':
      if (isIdOrNot(expression)) return true
      break
  }
  return childrenOf(expression).every((child) => isKnown(child, facts))
}

/** How a condition comes out for every caller of a class, where that follows from who they are; null where it does not. */
export function knownTruth(expression: Expression, facts: CelFacts): 'true' | 'false' | 'error' | null {
  const compared = comparedOf(expression)
  if (compared === null) return null
  // Nobody is equal to nothing, in nothing, and neither before nor behind anything.
  if (compared.some((side) => isNobody(side, facts))) return 'error'
  if (expression.kind !== 'equals' || !isOwner(compared, facts)) return null
  return expression.negated ? 'false' : 'true'
}

/** `auth.id == null`: whether callers of the class have an id is known, whichever it is. */
function isIdOrNot(expression: Expression & { readonly kind: 'equals' }): boolean {
  const operand = operandComparedWithNull(expression)
  return operand?.kind === 'auth' && operand.part === 'id'
}

function comparedOf(expression: Expression): readonly Expression[] | null {
  switch (expression.kind) {
    case 'equals':
      return operandComparedWithNull(expression) === null ? [expression.left, expression.right] : null
    case 'order':
      return [expression.left, expression.right]
    case 'member':
      return [expression.item]
    default:
      return null
  }
}

/** A part of nobody is an error, which comparing makes no better. */
function isNobody(side: Expression, facts: CelFacts): boolean {
  if (side.kind === 'key' || side.kind === 'index') return isNobody(side.base, facts)
  if (side.kind !== 'auth' || side.part === 'permissions' || isOpenPart(side.part, facts)) return false
  return facts.auth[side.part] === null
}

function isOwner(sides: readonly Expression[], { open }: CelFacts): boolean {
  const isOwned = (side: Expression) =>
    side.kind === 'field' && side.row.kind === 'root' && side.field.name === (open?.owns ?? null)
  return sides.some(isOwned) && sides.some((side) => side.kind === 'auth' && side.part === 'id')
}

function isOpenPart(part: string, { open }: CelFacts): boolean {
  return (open?.auth as ReadonlySet<string> | undefined)?.has(part) ?? false
}
