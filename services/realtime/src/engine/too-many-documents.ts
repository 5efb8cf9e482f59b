import { AppError } from '@koyalite/contracts'

/** What ends a list that makes the lists of its connection longer than they may be together. @param most `realtime.max_documents` */
export function tooManyDocuments(most: number): AppError {
  const message = `The live lists of a connection contain at most ${most} documents in total (realtime.max_documents): narrow the list with 'filter', lower 'limit', unsubscribe from a list, or open another connection.`
  return new AppError('TOO_MANY_DOCUMENTS', message)
}
