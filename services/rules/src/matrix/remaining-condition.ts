import type { ConditionPart } from '@koyalite/query'

/** What is left of a condition once it is known who asks: of `a || b` the parts that may hold, of `a && b` those that may fail. */
export function remainingCondition(part: ConditionPart): string {
  const { operator, operands, source, calls } = part
  // A definition is what its author calls it.
  if (operator === null || calls !== null) return oneLine(source)
  const left = operands.filter(({ decision }) => decision === 'depends')
  const [only] = left
  if (left.length === 1 && only) return remainingCondition(only)
  const inner = left.map((operand) => {
    const text = remainingCondition(operand)
    return operator === '&&' && isEither(operand, text) ? `(${text})` : text
  })
  return inner.join(` ${operator} `)
}

/** Whether the text of a part is an `||`, which binds less than the `&&` around it. */
function isEither({ operator, operands, calls }: ConditionPart, text: string): boolean {
  if (calls !== null) return false
  const left = operands.filter(({ decision }) => decision === 'depends')
  return operator === '||' ? left.length > 1 : left.length === 1 && left[0] !== undefined && isEither(left[0], text)
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}
