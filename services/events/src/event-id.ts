/** The id of the event that an entry of the change log is. The time with the number: after a restore numbers are given again, but not at the same time. */
export function eventId({ at, seq }: { readonly at: number; readonly seq: number }): string {
  return `${at.toString(36)}-${seq.toString(36)}`
}
