import { describe, expect, test } from 'bun:test'
import { readProxyRequest } from './proxy-request'

describe('what a proxy is asked', () => {
  test('a tunnel, with the host in its one form', () => {
    const places = ['API.example.com:443', 'api.example.com.:443', '[::1]:80', '2130706433:80', '0x7f.1:8080']
    expect(places.map((place) => readProxyRequest(`CONNECT ${place} HTTP/1.1\r\nHost: other`))).toEqual(
      [
        { host: 'api.example.com', port: 443 },
        { host: 'api.example.com', port: 443 },
        { host: '[::1]', port: 80 },
        { host: '127.0.0.1', port: 80 },
        { host: '127.0.0.1', port: 8080 },
      ].map((place) => ({ ...place, head: '', isTunnel: true })),
    )
  })

  test('a request in absolute form becomes one as servers take it, for the host that was looked at', () => {
    const head = [
      'POST http://Example.com/a?b=1 HTTP/1.1',
      'Host: inner',
      'Proxy-Authorization: x',
      'X-A: 1',
      'Connection: keep-alive',
    ]
    expect(readProxyRequest(head.join('\r\n'))).toEqual({
      ...{ host: 'example.com', port: 80, isTunnel: false },
      head: 'POST /a?b=1 HTTP/1.1\r\nHost: example.com\r\nX-A: 1\r\nConnection: close\r\n\r\n',
    })
  })

  test.each([
    ...['', 'GET / HTTP/1.1', 'GET https://example.com/ HTTP/1.1', 'GET file:///etc/passwd HTTP/1.1'],
    ...['CONNECT example.com HTTP/1.1', 'CONNECT a@example.com:443 HTTP/1.1', 'GET http://u:p@example.com/ HTTP/1.1'],
    ...['CONNECT example.com:99999 HTTP/1.1', 'CONNECT example.com:443 HTTP/2.0', 'connect example.com:443'],
  ])('%p is nothing that a proxy understands', (head) => {
    expect(readProxyRequest(head)).toBeNull()
  })
})
