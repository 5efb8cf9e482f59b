/** The response where what was done is not said, or there is nothing to say. */
export async function accepted(done: Promise<void>): Promise<{ readonly ok: true }> {
  await done
  return { ok: true }
}
