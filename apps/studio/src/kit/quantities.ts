/** `0.42 ms`, `84 ms`, `1.28 s`, `2.5 min`, `3.2 h`, `4 d` */
export function durationText(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms < 0.01) return '< 0.01 ms'
  if (ms < 1) return `${ms.toFixed(2)} ms`
  if (ms < 10) return `${trimmed(ms, 1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${trimmed(ms / 1_000, 2)} s`
  if (ms < 7_200_000) return `${trimmed(ms / 60_000, 1)} min`
  if (ms < 172_800_000) return `${trimmed(ms / 3_600_000, 1)} h`
  return `${trimmed(ms / 86_400_000, 1)} d`
}

const SIZES = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** `12.4 MB`: of 1,000 bytes each, as disks are sold. */
export function sizeText(bytes: number): string {
  let value = bytes
  let size = 0
  while (value >= 999.5 && size < SIZES.length - 1) {
    value /= 1_000
    size++
  }
  return `${trimmed(value, size === 0 || value >= 100 ? 0 : 1)} ${SIZES[size]}`
}

/** `3,140`, `0.25`, `1.2M` on an axis that has no room for more. */
export function numberText(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return value.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 })
  return value.toLocaleString('en', { maximumFractionDigits: size < 1 ? 3 : size < 100 ? 2 : 0 })
}

/** Without zeros at the end. */
function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
