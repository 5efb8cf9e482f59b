/** What the client knows of a route at run time. */
export interface AdminOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/api/admin/users/{id}` */
  readonly path: string
  /** The media type of a body that is not JSON: sent as it is. */
  readonly bodyType?: string
  /** `raw`: text or bytes, which the caller reads from the Response. */
  readonly response: 'json' | 'raw'
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

/** A body that is not JSON. */
export type RawBody = string | Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>
