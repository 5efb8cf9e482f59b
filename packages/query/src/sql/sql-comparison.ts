import { constant } from './sql-fragment'

export const OPERATORS = {
  eq: constant('='),
  gt: constant('>'),
  gte: constant('>='),
  lt: constant('<'),
  lte: constant('<='),
} as const
