package scenarios

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

// follower is a live query in a goroutine of its own.
type follower[D any] struct {
	snapshots chan koyalite.Snapshot[D]
	statuses  chan koyalite.LiveStatus
	ended     chan error
	stop      context.CancelFunc
}

func follow[D any](t *testing.T, query koyalite.Query[D], options ...koyalite.CallOption) *follower[D] {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f := &follower[D]{make(chan koyalite.Snapshot[D], 10000), make(chan koyalite.LiveStatus, 1000), make(chan error, 1), cancel}
	go func() {
		status := koyalite.OnStatus(func(status koyalite.LiveStatus) { f.statuses <- status })
		for s, err := range query.Live(ctx, append(options, status)...) {
			if err != nil {
				f.ended <- err
				return
			}
			f.snapshots <- s
		}
		f.ended <- nil
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-f.ended:
		case <-time.After(within):
			t.Error("the live query does not end")
		}
	})
	return f
}

func (f *follower[D]) next(t *testing.T) koyalite.Snapshot[D] {
	t.Helper()
	select {
	case s := <-f.snapshots:
		return s
	case err := <-f.ended:
		f.ended <- err
		t.Fatalf("the live query has ended: %v", err)
	case <-time.After(within):
		t.Fatal("no snapshot")
	}
	panic("unreachable")
}

// until waits for a snapshot.
func (f *follower[D]) until(t *testing.T, is func(koyalite.Snapshot[D]) bool) koyalite.Snapshot[D] {
	t.Helper()
	for {
		if s := f.next(t); is(s) {
			return s
		}
	}
}

func ranksOf(docs []*koyalite.Todo) []int64 {
	ranks := make([]int64, len(docs))
	for i, doc := range docs {
		ranks[i] = doc.Rank
	}
	return ranks
}

func TestLive(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	f := koyalite.TodoFields
	title := unique("live")
	query := koya.Todos.Query().Filter(f.Title.Eq(title)).Sort(f.Rank.Asc())
	live := follow(t, query)
	equal(t, len(live.next(t).Docs), 0)
	one := must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: title, Rank: koyalite.Int(1)}))
	two := must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: title, Rank: koyalite.Int(2)}))
	before := live.until(t, func(s koyalite.Snapshot[koyalite.Todo]) bool { return len(s.Docs) == 2 })
	var seq string
	must(koya.Todos.Update(ctx, one.ID, f.Rank.Set(3), koyalite.SeqInto(&seq)))
	after := live.next(t)
	equal(t, slices.Equal(ranksOf(after.Docs), []int64{2, 3}), true)
	equal(t, after.Docs[0] == before.Docs[1], true)
	equal(t, before.Docs[0].Rank, 1)
	equal(t, len(after.Changes.Updates), 1)
	if order, ok := koyalite.CompareSeq(after.Seq, seq); order < 0 || !ok {
		t.Fatal(after.Seq, seq)
	}
	if err := koya.Todos.Delete(ctx, two.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, live.next(t).Changes.Deletes[0].ID, two.ID)
	equal(t, <-live.statuses, koyalite.LiveConnected)

	for s, err := range query.Live(ctx) {
		equal(t, len(must(s, err).Docs), 1)
		break
	}
	ended, cancel := context.WithCancel(ctx)
	var last error
	for _, err := range query.Live(ended) {
		last = err
		cancel()
	}
	isKind(t, last, context.Canceled)
	for _, err := range koya.Todos.Query().Sort("nope").Live(ctx) {
		equal(t, failureOf(t, err).Code, koyalite.CodeInvalidSort)
	}
}

// TestLiveOverInterruptions cuts the connection at random moments while others write, restarts the server in between,
// and compares with a fresh read.
func TestLiveOverInterruptions(t *testing.T) {
	ctx := t.Context()
	p := newProxy(t, none)
	koya := newClient(t, p.URL, koyalite.WithTimeout(5*time.Second))
	writer := newClient(t, serverURL())
	f := koyalite.TodoFields
	title := unique("cut")
	query := koya.Todos.Query().Filter(f.Title.Eq(title)).Sort(f.Rank.Desc())
	live := follow(t, query.ETags())
	live.next(t)
	random := rand.New(rand.NewPCG(1, uint64(len(title))))
	var ids []string
	for i := range 150 {
		switch n := random.IntN(10); {
		case n < 5 || len(ids) < 5:
			ids = append(ids, must(writer.Todos.Create(ctx, koyalite.TodoCreate{Title: title, Rank: koyalite.Int(random.IntN(1000))})).ID)
		case n < 8:
			must(writer.Todos.Update(ctx, ids[random.IntN(len(ids))], f.Rank.Set(random.Int64N(1000))))
		default:
			at := random.IntN(len(ids))
			if err := writer.Todos.Delete(ctx, ids[at]); err != nil {
				t.Fatal(err)
			}
			ids = slices.Delete(ids, at, at+1)
		}
		if i%30 == 10 {
			p.cut()
		}
		if i == 75 {
			restartServer(t)
		}
	}
	must(writer.Todos.Create(ctx, koyalite.TodoCreate{Title: title, Rank: koyalite.Int(9999)}))
	last := live.until(t, func(s koyalite.Snapshot[koyalite.Todo]) bool { return s.Docs != nil && s.Docs[0].Rank == 9999 })
	fresh := must(query.Limit(500).ETags().List(ctx))
	equal(t, len(last.Docs), len(fresh))
	for i, doc := range fresh {
		equal(t, last.Docs[i].ID, doc.ID)
		equal(t, last.Docs[i].Rank, doc.Rank)
		equal(t, koyalite.ETagOf(last.Docs[i]), koyalite.ETagOf(doc))
	}
	streams := len(p.seen("/api/collections/todos/live"))
	if streams < 4 {
		t.Fatalf("%d streams: it was not interrupted", streams)
	}
}

func TestLiveWithAllDocuments(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	title := unique("all ")
	todos := make([]koyalite.TodoCreate, 700)
	for i := range todos {
		todos[i] = koyalite.TodoCreate{Title: title, Rank: koyalite.Int(i)}
	}
	must(koya.Todos.CreateMany(ctx, todos))
	query := koya.Todos.Query().Filter(koyalite.TodoFields.Title.Eq(title)).Sort("rank")
	equal(t, len(follow(t, query).next(t).Docs), 700)
	equal(t, len(follow(t, query.Limit(3)).next(t).Docs), 3)
	equal(t, len(follow(t, query.Fields("rank")).next(t).Docs), 700)
}

// TestLiveWithExpiringToken goes on with new tokens where the server has ended the session of the old ones.
func TestLiveWithExpiringToken(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var refreshed atomic.Int32
	koya := newClient(t, os.Getenv("KOYALITE_SHORT_URL"), koyalite.WithSessionStore(func(*koyalite.Tokens) { refreshed.Add(1) }))
	must(koya.Auth.Register(ctx, unique("live")+"@example.com", password))
	title := unique("token")
	live := follow(t, koya.Todos.Query().Filter(koyalite.TodoFields.Title.Eq(title)))
	live.next(t)
	// Access tokens of this server live for a second.
	for n := 1; refreshed.Load() < 3; n++ {
		must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: title}))
		live.until(t, func(s koyalite.Snapshot[koyalite.Todo]) bool { return len(s.Docs) == n })
		time.Sleep(50 * time.Millisecond)
	}
	equal(t, len(live.ended), 0)
}

// TestLiveOfAnotherUser goes on with what the user may read who has signed in meanwhile.
func TestLiveOfAnotherUser(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	slug := unique("mine")
	must(koya.Auth.Register(ctx, unique("first")+"@example.com", password))
	must(koya.Secrets.Create(ctx, koyalite.SecretCreate{Text: slug}))
	live := follow(t, koya.Secrets.Query())
	equal(t, len(live.next(t).Docs), 1)
	must(koya.Auth.Register(ctx, unique("second")+"@example.com", password))
	s := live.next(t)
	equal(t, len(s.Docs), 0)
	equal(t, s.Changes.Deletes[0].Text, slug)
}

// TestLiveEnds shows what ends a live query, and what does not.
func TestLiveEnds(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	busy := respond(503, map[string]string{"Retry-After": "1"}, `{"error":{"code":"REALTIME_BUSY","message":"full"}}`)
	p := newProxy(t, func(n int, _ *http.Request) fault {
		if n == 0 {
			return busy
		}
		return nil
	})
	// The timeout of the client is not that of the query.
	koya := newClient(t, p.URL, koyalite.WithTimeout(5*time.Second))
	title := unique("ends")
	live := follow(t, koya.Todos.Query().Filter(koyalite.TodoFields.Title.Eq(title)), koyalite.Timeout(time.Second))
	equal(t, len(live.next(t).Docs), 0)
	time.Sleep(1200 * time.Millisecond)
	must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: title}))
	equal(t, len(live.next(t).Docs), 1)
	equal(t, len(p.seen("/api/collections/todos/live")), 2)
	for _, err := range newClient(t, serverURL(), koyalite.WithToken("wrong")).Todos.Query().Live(ctx) {
		isKind(t, err, koyalite.ErrUnauthenticated)
	}
}
