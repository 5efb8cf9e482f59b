import type { JsonValue } from '@koyalite/contracts'
import { describeSettings } from './describe-settings'
import { type LocatedValue, type Origin, plainValue, valueAt } from './located-value'
import { listOptions, nodeAt, type OptionInfo, type OptionNode } from './option-tree'

/** An option with what it is set to. */
export interface DescribedOption extends OptionInfo {
  /** As one would write it; secrets are masked. Null where it is not set. */
  readonly value: JsonValue
  /** Where that was written. */
  readonly origin: Origin
}

/** All options, with their values as they were written and where. @param written of LoadedSettings */
export function describeOptions(tree: OptionNode, written: LocatedValue): readonly DescribedOption[] {
  const shown = describeSettings(tree, plainValue(written) as object) as JsonValue
  return listOptions(tree).map((option) => {
    const path = option.path.split('.')
    const { value, isThere } = valueAt(written, path)
    if (!isThere) return { ...option, value: writtenDefault(tree, option), origin: { kind: 'default' } }
    return { ...option, value: at(shown, path), origin: value.at }
  })
}

/** Lists and tables have theirs as JSON. */
function writtenDefault(tree: OptionNode, { path, default: text }: OptionInfo): JsonValue {
  const isJson = ['list', 'table'].includes(nodeAt(tree, path.split('.'))?.kind ?? '')
  return isJson && typeof text === 'string' ? (JSON.parse(text) as JsonValue) : text
}

function at(value: JsonValue, path: readonly string[]): JsonValue {
  return path.reduce<JsonValue>((inner, key) => (inner as Record<string, JsonValue> | null)?.[key] ?? null, value)
}
