/** Programs know their proxy by the one or the other. */
export function proxyVariables(proxy: string): Readonly<Record<string, string>> {
  return { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy }
}
