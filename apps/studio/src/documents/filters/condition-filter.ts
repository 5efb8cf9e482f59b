import type { FieldInfo } from '../../fields/field'
import type { Condition } from './condition'

/** What the API is asked for: a filter in JSON, or an expression with its values where no filter says it. */
export interface AskedList {
  readonly filters: readonly object[]
  readonly expressions: readonly string[]
  /** `$1`, `$2` … of the expressions. */
  readonly values: readonly unknown[]
}

/** Conditions as the API takes them. @param fieldOf the field at the end of a path; undefined: into json, or gone */
export function askFor(conditions: readonly Condition[], fieldOf: (path: string) => FieldInfo | undefined): AskedList {
  const asked = { filters: [] as object[], expressions: [] as string[], values: [] as unknown[] }
  for (const { path, operator, value } of conditions.filter(({ isOff }) => !isOff)) {
    const typed = (text: string) => typedValue(fieldOf(path), text)
    switch (operator) {
      case 'contains':
        addContains(asked, [path], value)
        break
      case 'starts':
        if (hasWildcard(value)) asked.expressions.push(`doc.${path}.startsWith($${asked.values.push(value)})`)
        else asked.filters.push({ [path]: { $like: `${value}%` } })
        break
      case 'set':
        asked.filters.push({ [path]: { $ne: null } })
        break
      case 'unset':
        asked.filters.push({ [path]: { $eq: null } })
        break
      case 'in':
        asked.filters.push({ [path]: { $in: value.split(',').map((one) => typed(one.trim())) } })
        break
      case 'has':
        asked.filters.push({ [path]: { $contains: typed(value) } })
        break
      default:
        asked.filters.push({ [path]: { [OPERATOR_OF[operator]]: typed(value) } })
    }
  }
  return asked
}

const OPERATOR_OF = { is: '$eq', not: '$ne', gt: '$gt', gte: '$gte', lt: '$lt', lte: '$lte' } as const

/** What is looked for in any of the texts, or as the key. Letter case is ignored, and `%` and `_` are characters like others. */
export function askForText(
  texts: readonly string[],
  key: { readonly name: string; readonly value: unknown } | null,
  text: string,
): AskedList {
  const asked = { filters: [] as object[], expressions: [] as string[], values: [] as unknown[] }
  if (hasWildcard(text)) addContains(asked, texts, text)
  else
    asked.filters.push({
      $or: [
        ...texts.map((name) => ({ [name]: { $like: `%${text}%` } })),
        ...(key === null ? [] : [{ [key.name]: { $eq: key.value } }]),
      ],
    })
  return asked
}

function addContains(
  asked: { readonly filters: object[]; readonly expressions: string[]; readonly values: unknown[] },
  paths: readonly string[],
  text: string,
): void {
  if (!hasWildcard(text) && paths.length === 1) {
    asked.filters.push({ [paths[0] ?? '']: { $like: `%${text}%` } })
    return
  }
  const place = asked.values.push(text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()))
  asked.expressions.push(`(${paths.map((path) => `doc.${path}.lowerAscii().contains($${place})`).join(' || ')})`)
}

/** `like` has no way to write these as themselves. */
function hasWildcard(text: string): boolean {
  return /[%_]/.test(text)
}

function typedValue(field: FieldInfo | undefined, text: string): unknown {
  switch (field?.type) {
    case 'int':
    case 'float': {
      const number = Number(text)
      return text.trim() === '' || Number.isNaN(number) ? text : number
    }
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : text
    case undefined:
    case 'json':
      return jsonOrText(text)
    default:
      return text
  }
}

/** A value in json: `3` and `true` are what they look like, everything else is a text. */
function jsonOrText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? text : value
  } catch {
    return text
  }
}
