import type { ReadRuleMatrixResponse } from '@koyalite/client/admin'
import { Check, CircleDashed, Minus, X } from 'lucide-react'
import { classNames } from '../../kit/class-names'

export type Matrix = ReadRuleMatrixResponse
export type MatrixCollection = Matrix['collections'][number]
export type MatrixCell = MatrixCollection['operations'][number]['cells'][number]

const WORDS = {
  always: { word: 'yes', icon: Check, color: 'text-success-text' },
  bypassed: { word: 'yes', icon: Check, color: 'text-success-text' },
  depends: { word: 'partly', icon: CircleDashed, color: 'text-warning-text' },
  never: { word: 'no', icon: X, color: 'text-text-3' },
  none: { word: 'nobody', icon: Minus, color: 'text-text-3' },
} as const

/** What an operation comes to, in a word. */
export function decisionWord({ comes_to }: Pick<MatrixCell, 'comes_to'>): string {
  return WORDS[comes_to].word
}

/** The word with its sign. */
export function Decision({ cell }: { readonly cell: Pick<MatrixCell, 'comes_to'> }) {
  const { word, icon: Icon, color } = WORDS[cell.comes_to]
  return (
    <span className={classNames('inline-flex items-center gap-1.5', color)}>
      <Icon aria-hidden="true" size={14} strokeWidth={2} className="flex-none" />
      {word}
    </span>
  )
}
