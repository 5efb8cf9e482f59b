/** The response where nothing is told of what was done, or there is nothing to tell. */
export async function accepted(done: Promise<void>): Promise<{ readonly ok: true }> {
  await done
  return { ok: true }
}
