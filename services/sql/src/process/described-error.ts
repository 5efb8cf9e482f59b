import { AppError, type ErrorCode } from '@koyalite/contracts'
import { isSqliteFailure, translateSqliteError } from '@koyalite/sqlite'

export interface DescribedError {
  readonly code: ErrorCode
  readonly message: string
}

/** What SQLite says about a statement is for who wrote it; anything else is a fault of ours, or of the machine: it says no more than that, and the log the rest. */
export function describedError(error: unknown, onFault: (error: unknown) => void): DescribedError {
  if (error instanceof AppError) return error
  const known = isSqliteFailure(error) ? ofStatement(error) : ofDriver(error)
  if (known !== null) return known
  onFault(error)
  const translated = translateSqliteError(error)
  return translated instanceof AppError ? translated : { code: 'INTERNAL', message: FAULT }
}

function ofStatement({ code, message }: Error & { readonly code: string }): DescribedError | null {
  if (code.startsWith('SQLITE_CONSTRAINT')) return { code: 'CONFLICT', message }
  if (code.startsWith('SQLITE_READONLY'))
    return { code: 'FORBIDDEN', message: 'This statement writes, and writing is switched off.' }
  if (code.startsWith('SQLITE_ERROR') || code === 'SQLITE_TOOBIG' || code === 'SQLITE_MISMATCH')
    return { code: 'INVALID_REQUEST', message }
  return code === 'SQLITE_NOMEM' ? { code: 'OUT_OF_RANGE', message: MEMORY } : null
}

/** What the driver, and the engine of the program, throw without a code of SQLite. */
function ofDriver(error: unknown): DescribedError | null {
  if (!(error instanceof RangeError || error instanceof TypeError)) return null
  const { message } = error
  if (/parameter/i.test(message)) return { code: 'INVALID_REQUEST', message: PARAMETERS }
  if (/^The supplied SQL string contains/.test(message)) return { code: 'INVALID_REQUEST', message: ONE_STATEMENT }
  return /out of memory|invalid string length/i.test(message) ? { code: 'OUT_OF_RANGE', message: MEMORY } : null
}

const MEMORY = 'The statement needs too much memory.'
const PARAMETERS = 'Parameters have no values here: write the values themselves.'
const ONE_STATEMENT = 'This is not one statement: end each with a semicolon.'
const FAULT = 'The statement failed for a reason that is not its own: the log of the server has it.'
