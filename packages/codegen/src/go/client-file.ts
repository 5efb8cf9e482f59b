import { hashName, typeArguments } from './collection-file'
import type { GoCollection } from './go-model'
import { aligned, alignedPairs, quoted } from './source-text'

/** The client itself, and what one batch of writes is made with. */
export function clientFile(collections: readonly GoCollection[]): string {
  const users = collections.find(({ name }) => name === 'users')?.type ?? ''
  const auth = `Auth[${users}, ${users}Update]`
  const members = collections.map((collection) => ({ columns: [collection.member, `*${collection.type}Collection`] }))
  const made = collections.map(
    ({ member, type, name }) => [member, `&${type}Collection{conn, ${quoted(name)}}`] as const,
  )
  const batchType = (collection: GoCollection) => `BatchCollection${typeArguments(collection)}`
  const batchMembers = collections.map((collection) => ({ columns: [collection.member, `*${batchType(collection)}`] }))
  const batchMade = collections.map(
    (collection) =>
      [collection.member, `&${batchType(collection)}{batch: all, name: ${quoted(collection.name)}}`] as const,
  )
  return `// Package koyalite is the client of a KoyaLite server.
//
//	koya, err := koyalite.New("http://127.0.0.1:8090", koyalite.WithToken(key))
package koyalite

import "context"

// Client is a client of one server. It is safe for concurrent use.
type Client struct {
	*conn

	Auth      *${auth}
	Functions *Functions

${aligned(members)}}

// New returns a client of the server at a URL such as http://127.0.0.1:8090. It sends nothing yet.
func New(url string, options ...Option) (*Client, error) {
	conn, settings, err := newConn(url, schema, options)
	if err != nil {
		return nil, err
	}
	return &Client{
${alignedPairs([['conn', 'conn'], ['Auth', `new${auth}(conn, settings)`], ['Functions', '&Functions{conn}'], ...made], '\t\t')}	}, nil
}

// With returns the client that the code of a function has, with the rights of ctx.DB(), ctx.Admin() or the tx of a
// transaction. In those of a transaction there are no batches, live queries or aggregates.
func With(connection functionConnection) *Client {
	client, err := New(connection.URL(), functionOptions(connection)...)
	if err != nil {
		panic(err)
	}
	return client
}

// schema is what this client knows of the schema.
const schema = ${collections.map(hashName).join(' ^ ')}

// BatchBuilder collects the writes of a batch.
type BatchBuilder struct {
${aligned(batchMembers)}}

// Batch does all writes that build adds, or none: at most 1000, in their order, and each sees the earlier ones. The
// results are documents, such as *${collections[0]?.type ?? users}, and nil for deletes and assertions; each is also the Doc of what adding the write has returned.
// The error names the Operation that has failed.
func (c *Client) Batch(ctx context.Context, build func(b *BatchBuilder), options ...CallOption) ([]any, error) {
	all := &batch{}
	build(&BatchBuilder{
${alignedPairs(batchMade, '\t\t')}	})
	return all.send(ctx, c.conn, options)
}
`
}
