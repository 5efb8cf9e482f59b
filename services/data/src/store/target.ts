import type { AppError } from '@koyalite/contracts'
import type { Guard } from '@koyalite/query'
import type { DataContext } from '../data-context'
import type { InputTarget } from '../document-input'
import { type DocumentStatements, documentStatements } from './document-statements'

/** The collection that a write is about, whose write it is, and what was sent. */
export interface Target extends InputTarget {
  readonly context: DataContext
  /** The key as the caller wrote it, where they named one. */
  readonly id?: string
}

/** A guard that a row must pass, and the error where it does not. */
export interface Check {
  readonly guard: Guard
  refuse(): AppError
}

export function statementsOf({ caller, model }: Target): DocumentStatements {
  return documentStatements(caller.access.read, model.collection)
}

export function guardsOf(checks: readonly Check[]): readonly Guard[] {
  return checks.length === 0 ? NO_GUARDS : checks.map((check) => check.guard)
}

export const NO_GUARDS: readonly Guard[] = []
export const NO_CHECKS: readonly Check[] = []
