import { figureAt, type Place, ratioOf } from './figures'
import type { Cell } from './scenario'

/** What a figure, or the ratio of two, should be. Without a bound it stands there for comparison. */
export interface Target {
  readonly says: string
  readonly of: Place
  readonly over?: Place
  readonly bound?: { readonly atLeast: number } | { readonly below: number }
}

export type Mark = 'met' | 'missed' | 'not measured' | 'for comparison'

export interface Verdict {
  readonly target: Target
  readonly value: number | undefined
  readonly mark: Mark
}

export function judge(target: Target, cells: readonly Cell[]): Verdict {
  const value = target.over === undefined ? figureAt(cells, target.of) : ratioOf(cells, target.of, target.over)
  return { target, value, mark: markOf(target, value) }
}

/** Ours over theirs in requests or documents a second. */
export function timesAsFast(
  cell: string,
  { peer, atLeast, theirCell = cell }: { readonly peer: string; readonly atLeast: number; readonly theirCell?: string },
): Target {
  return {
    says: `${cell}: ≥ ${atLeast} × ${peer}${theirCell === cell ? '' : ` (${theirCell})`}`,
    of: { cell, peer: 'koyalite', figure: 'per second' },
    over: { cell: theirCell, peer, figure: 'per second' },
    bound: { atLeast },
  }
}

/** What a cell costs beside another one, on one server: ours with a target, then theirs for comparison. */
export function beside(
  cell: string,
  { other, atLeast }: { readonly other: string; readonly atLeast: number },
): readonly Target[] {
  return ['koyalite', 'pocketbase'].map((peer) => ({
    says: `${peer}: ${cell} / ${other}${peer === 'koyalite' ? ` ≥ ${atLeast}` : ''}`,
    of: { cell, peer, figure: 'per second' },
    over: { cell: other, peer, figure: 'per second' },
    ...(peer === 'koyalite' ? { bound: { atLeast } } : {}),
  }))
}

/** Ours over theirs in a figure of which less is better. */
export function timesAtMost(
  cell: string,
  figure: string,
  { peer, atMost }: { readonly peer: string; readonly atMost: number },
): Target {
  return {
    says: `${cell}: ${figure} ≤ ${atMost} × ${peer}`,
    of: { cell, peer: 'koyalite', figure },
    over: { cell, peer, figure },
    bound: { below: atMost },
  }
}

/** A figure of ours in its own unit, which the figure's name has. */
export function figureBound(cell: string, figure: string, bound: NonNullable<Target['bound']>): Target {
  const text = 'atLeast' in bound ? `≥ ${bound.atLeast.toLocaleString('en')}` : `< ${bound.below}`
  return { says: `${cell}: ${figure} ${text}`, of: { cell, peer: 'koyalite', figure }, bound }
}

function markOf({ bound }: Target, value: number | undefined): Mark {
  if (value === undefined) return 'not measured'
  if (bound === undefined) return 'for comparison'
  return ('atLeast' in bound ? value >= bound.atLeast : value < bound.below) ? 'met' : 'missed'
}
