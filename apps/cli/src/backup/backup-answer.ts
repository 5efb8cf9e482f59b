/** A backup, as the API describes it. */
export interface BackupResponse {
  readonly name: string
  readonly path: string
  readonly form: 'folder' | 'tar' | 'database'
  readonly created_at: string | null
  readonly seq: number | null
  readonly encrypted: boolean | null
  readonly files: number
  readonly bytes: number | null
}

export type RetentionResponse = { readonly count: number } | { readonly ageMs: number }

export interface ScheduleResponse {
  readonly schedule: string | null
  readonly keep: RetentionResponse
  readonly next: string | null
  readonly last: { readonly at: string; readonly ok: boolean; readonly message: string } | null
}

/** `4.2 MB` */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  const step = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`
}
