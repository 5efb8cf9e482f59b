/** For JSON.stringify: bytes are base64, as the API has them. */
export function bytesAsText(this: unknown, name: string, value: unknown): unknown {
  const given = (this as Readonly<Record<string, unknown>>)[name]
  return given instanceof Uint8Array ? Buffer.from(given).toString('base64') : value
}
