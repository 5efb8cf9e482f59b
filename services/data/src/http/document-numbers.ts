import { AppError, type InexactNumber, inexactMessage } from '@koyalite/contracts'
import type { NumberPolicy } from '@koyalite/kernel'
import type { DataContext } from '../data-context'
import { validationError } from '../validation-error'

/** Which document a number belongs to: its collection, and the index of its operation if there are several. */
interface Place {
  readonly collection: unknown
  readonly operation?: number
  /** Relative to the document. */
  readonly path: readonly string[]
}

/**
 * Numbers in the body of a write. A float field accepts a number with more digits than a JavaScript number keeps, as
 * SQLite prints it in documents. Elsewhere, above all inside of json, a number must be returned exactly as it was
 * sent.
 */
function documentNumbers(
  context: DataContext,
  placeOf: (path: readonly string[], body: unknown) => Place,
): NumberPolicy {
  return {
    allows({ path, fidelity }, body) {
      if (fidelity !== 'nearest') return false
      const place = placeOf(path, body)
      const model = context.models.get(String(place.collection))
      const [name = '', operator, ...deeper] = place.path
      return (
        model?.collection.fields.get(name)?.type === 'float' &&
        deeper.length === 0 &&
        (operator === undefined || operator === '$inc')
      )
    },
    refusal(numbers, body) {
      const places = numbers.map((number) => ({ number, place: placeOf(number.path, body) }))
      const operation = places[0]?.place.operation
      const details = places
        .filter(({ place }) => place.operation === operation)
        .map(({ number, place }) => inexactDetail(place.path, number))
      if (operation === undefined) return validationError(details)
      const { code, message } = validationError(details)
      return new AppError(code, message, { details, operation })
    },
  }
}

/** The body is a document of this collection, or a list of them. */
export function numbersOfDocuments(context: DataContext, collection: string): NumberPolicy {
  return documentNumbers(context, (path, body) =>
    Array.isArray(body) ? { collection, operation: Number(path[0]), path: path.slice(1) } : { collection, path },
  )
}

/** The body is a batch. Numbers outside of a document's data are named by their path from the body on. */
export function numbersOfBatch(context: DataContext): NumberPolicy {
  return documentNumbers(context, (path, body) => {
    const [operations, index = '', ...rest] = path
    if (operations !== 'operations' || rest.length === 0) return { collection: undefined, path }
    const operation = (body as { readonly operations: readonly unknown[] }).operations[Number(index)]
    return { ...placeInOperation(rest, operation), operation: Number(index) }
  })
}

/** The body is one operation of a batch. */
export function numbersOfOperation(context: DataContext): NumberPolicy {
  return documentNumbers(context, placeInOperation)
}

function placeInOperation(path: readonly string[], operation: unknown): Place {
  const collection =
    typeof operation === 'object' && operation !== null && 'collection' in operation ? operation.collection : undefined
  return { collection, path: path[0] === 'data' ? path.slice(1) : path }
}

function inexactDetail(path: readonly string[], { token }: InexactNumber) {
  const field = path.join('.')
  return { field, code: 'inexact', message: inexactMessage(field || 'the document', token) }
}
