/** A value as the API has it in JSON: timestamps are ISO 8601, blobs base64. */
export type Wire<T> = T extends Date | Uint8Array ? string : T extends object ? { [K in keyof T]: Wire<T[K]> } : T
