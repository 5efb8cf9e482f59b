package koyalite

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
)

// openEgress gives programs that know proxies by an address a way to the one that listens on a socket.
func openEgress(proxySocket string) error {
	if proxySocket == "" {
		return nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		os.Setenv(name, "http://"+listener.Addr().String())
	}
	// By itself, it would not ask the proxy for what is called localhost.
	if transport, ok := http.DefaultTransport.(*http.Transport); ok {
		transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: listener.Addr().String()})
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go connectEgress(client.(*net.TCPConn), proxySocket)
		}
	}()
	return nil
}

// connectEgress passes bytes on, both ways. Where one end fails, there is nobody to report it to but the client.
func connectEgress(client *net.TCPConn, proxySocket string) {
	defer client.Close()
	connected, err := net.Dial("unix", proxySocket)
	if err != nil {
		return
	}
	defer connected.Close()
	proxy := connected.(*net.UnixConn)
	answered := make(chan struct{})
	go func() {
		_, _ = io.Copy(client, proxy)
		_ = client.CloseWrite()
		close(answered)
	}()
	_, _ = io.Copy(proxy, client)
	_ = proxy.CloseWrite()
	<-answered
}
