import { type SqlValue, spendWork, withWorkBudget } from '@koyalite/contracts'
import { jsonOfColumn } from '../../sql/json-column'
import { countNodes, type Expression } from '../check/expression'
import { parseDate, storedTimestamp } from '../functions/cel-time'
import { ANONYMOUS_FACTS, type CelEnvironment, type Frame } from '../memory/cel-environment'
import { FAILED, type Result } from '../memory/cel-value'
import { compileRun, type Run } from '../memory/run-expression'
import { decodeValue, type EncodedValue, encodeValue } from './encoded-value'
import { toSqlValue } from './static-expression'

/**
 * A part of an expression that SQL cannot express. It runs in JavaScript, called by SQL for each row with the values it needs,
 * so that the statement still filters, counts and pages exactly. The program is a text: it can cross to another process.
 */
export interface ResidualInput {
  readonly kind: 'int' | 'double' | 'string' | 'bytes' | 'bool' | 'timestamp' | 'date' | 'json' | 'encoded' | 'list'
  /** What SQL's NULL means. */
  readonly absent: 'failure' | 'null'
  /** A second value, 1 where the input fails, follows the first. */
  readonly flagged: boolean
  /** Of a list, its elements. */
  readonly element?: ResidualInput
}

/** What a program is in the statement. As a condition only a bool counts: SQL would take other values for true, too. */
export type ResidualUse = 'condition' | 'value'

export interface WrittenProgram {
  readonly expression: Expression
  readonly use: ResidualUse
  readonly inputs: readonly ResidualInput[]
  /** The number of the first input: they are numbered as variables are. */
  readonly first: number
}

/** The text of a program. */
export function writeProgram(program: WrittenProgram): string {
  return JSON.stringify(program, (key, value) => {
    if (key === 'type' || key === 'range' || key === 'expansionOf') return undefined
    return key === 'value' ? encodeValue(value) : value
  })
}

interface Program {
  readonly run: Run
  readonly use: ResidualUse
  /** What a row costs before its values are looked at. */
  readonly work: number
  readonly inputs: readonly ResidualInput[]
  readonly first: number
}

/** Of a call from SQL: the way into JavaScript and back. */
const ROW_WORK = 100

const programs = new Map<string, Program>()

/** The function behind `koyalite_cel(program, inputs)`: the result as SQL has it, NULL for a failure. */
export function runResidual(text: string, values: string): SqlValue {
  const program = programs.get(text) ?? readProgram(text)
  return withWorkBudget(() => {
    spendWork(program.work + values.length)
    return runProgram(program, values)
  })
}

function runProgram(program: Program, values: string): SqlValue {
  const slots: unknown[] = []
  const flat: unknown[] = JSON.parse(values).flat()
  let at = 0
  for (const [index, input] of program.inputs.entries()) {
    const value = flat[at++]
    const failed = input.flagged && flat[at++] === 1
    slots[program.first + index] = failed ? FAILED : readInput(input, value)
  }
  const frame: Frame = { environment: NOTHING, slots }
  const result = program.run(frame)
  return program.use === 'condition' && typeof result !== 'boolean' ? null : toSqlValue(result)
}

function readProgram(text: string): Program {
  const { expression, use, inputs, first } = JSON.parse(text, (key, value) =>
    key === 'value' ? decodeValue(value) : value,
  )
  const program: Program = { run: compileRun(expression), use, work: ROW_WORK + countNodes(expression), inputs, first }
  if (programs.size >= 1000) programs.clear()
  programs.set(text, program)
  return program
}

function readInput(input: ResidualInput, value: unknown): Result {
  if (value === null || value === undefined) return input.absent === 'null' ? null : FAILED
  switch (input.kind) {
    case 'int':
      // What another program stored may have as many digits as it likes.
      return /^-?\d{1,19}$/.test(String(value)) ? BigInt(String(value)) : FAILED
    case 'bool':
      return value === 1
    case 'bytes':
      return Uint8Array.fromHex(String(value))
    case 'timestamp':
      return storedTimestamp(String(value))
    case 'date':
      return parseDate(String(value))
    case 'json':
      return jsonOfColumn(String(value))
    case 'encoded':
      // Written by encodeValue in the same statement.
      return decodeValue(JSON.parse(String(value)) as EncodedValue)
    case 'list':
      return readList(input, value)
    case 'double':
    case 'string':
      // json_array has kept the kind.
      return value as number | string
  }
}

function readList({ element }: ResidualInput, value: unknown): Result {
  if (element === undefined) return FAILED
  const rows: (readonly unknown[])[] = JSON.parse(String(value))
  const items = rows.map(([item, flag]) => (element.flagged && flag === 1 ? FAILED : readInput(element, item)))
  return items.includes(FAILED) ? FAILED : items.filter((item) => item !== FAILED)
}

/** A program sees its inputs only. */
const NOTHING: CelEnvironment = {
  auth: ANONYMOUS_FACTS,
  request: { method: '', ip: '', time: 0, body: null, headers: {} },
  documents: {},
  follow: () => null,
  rows: () => [],
}
