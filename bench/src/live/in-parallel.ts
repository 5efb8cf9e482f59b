/** Calls for 0 … count − 1, at most so many at a time; results in order. */
export async function inParallel<T>(count: number, width: number, call: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async () => {
    while (next < count) {
      const n = next++
      results[n] = await call(n)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
