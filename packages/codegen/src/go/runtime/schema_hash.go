package koyalite

import (
	"log/slog"
	"net"
	"strconv"
)

// schemaHash is a hash of what clients see of a schema: those of its collections in one, by exclusive or.
type schemaHash uint64

// checkSchema warns once where a server on this machine has another schema than this client: somebody develops with it.
func (c *conn) checkSchema(ofServer string) {
	hash, err := strconv.ParseUint(ofServer, 16, 64)
	if err != nil || schemaHash(hash) == c.schema || c.hasWarned.Swap(true) {
		return
	}
	slog.Warn("koyalite: the schema of the server is not the one this client was generated from; run koyalite generate")
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
