/** What a listener throws is reported as an uncaught error, and disturbs nobody else. */
export function guarded(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
