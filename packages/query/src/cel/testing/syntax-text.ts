import type { Syntax } from '../syntax/parse-cel'

/** A syntax tree as text, as `cel-go/main.go` writes that of cel-go. Chains of && and || are flat there, and pairs of ! or - left out. */
export function syntaxText(syntax: Syntax): string {
  switch (syntax.kind) {
    case 'literal':
      return literalText(syntax.value)
    case 'parameter':
      return `$${syntax.number}`
    case 'name':
      return syntax.name
    case 'select':
      return `(. ${syntaxText(syntax.base)} ${syntax.name})`
    case 'index':
      return list('[]', [syntax.base, syntax.index])
    case 'call': {
      const target = syntax.target === null ? '-' : syntaxText(syntax.target)
      return `(call ${syntax.name} ${[target, ...syntax.args.map(syntaxText)].join(' ')})`
    }
    case 'list':
      return list('list', syntax.items)
    case 'map':
      return list('map', syntax.entries.flat())
    case 'not':
    case 'negate':
      if (syntax.operand.kind === syntax.kind) return syntaxText(syntax.operand.operand)
      return list(syntax.kind === 'not' ? '!' : 'neg', [syntax.operand])
    case 'binary':
      return list(syntax.operator, [syntax.left, syntax.right])
    case 'logic':
      return list(syntax.operator, flat(syntax.operands, syntax.operator))
    case 'conditional':
      return list('?', [syntax.condition, syntax.whenTrue, syntax.whenFalse])
  }
}

function list(name: string, parts: readonly Syntax[]): string {
  return `(${[name, ...parts.map(syntaxText)].join(' ')})`
}

function flat(operands: readonly Syntax[], operator: string): readonly Syntax[] {
  return operands.flatMap((operand) =>
    operand.kind === 'logic' && operand.operator === operator ? flat(operand.operands, operator) : [operand],
  )
}

function literalText(value: Extract<Syntax, { kind: 'literal' }>['value']): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return `int:${value}`
  if (typeof value === 'string') return `string:${new TextEncoder().encode(value).toHex()}`
  if (value instanceof Uint8Array) return `bytes:${value.toHex()}`
  if (typeof value !== 'number') return `uint:${value.value}`
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  return `double:${bits.getBigUint64(0).toString(16).padStart(16, '0')}`
}
