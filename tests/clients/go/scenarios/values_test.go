package scenarios

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

var edges = []koyalite.SampleCreate{
	{},
	{
		UUID:   koyalite.Value("018f2b6e-7c1a-7def-8123-456789abcdef"),
		String: koyalite.Value(""),
		Text:   koyalite.Value("a\"b'c\\ $& {x} ✓👩‍👩‍👧\n\t\u2028"),
		Int:    koyalite.Int(1<<53 - 1),
		Float:  koyalite.Value(math.MaxFloat64),
		Bool:   koyalite.Value(false),
		At:     koyalite.Value(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)),
		Day:    koyalite.Value(koyalite.Date{Year: 2024, Month: 2, Day: 29}),
		Bytes:  koyalite.Value([]byte{0, 255, 10}),
		JSON:   koyalite.Value(json.RawMessage(`{"a":[1,null,"x"]}`)),
		Tags:   koyalite.Value([]string{"a", "b"}),
		Size:   koyalite.Value(koyalite.SampleSize{Width: 1.5}),
		Level:  koyalite.Value(koyalite.SampleLevel3),
	},
	{
		Int:   koyalite.Int(-(1<<53 - 1)),
		Float: koyalite.Float(1),
		Bool:  koyalite.Value(true),
		At:    koyalite.Value(time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)),
		Day:   koyalite.Value(koyalite.Date{Year: 9999, Month: 12, Day: 31}),
		Bytes: koyalite.Value([]byte{}),
		JSON:  koyalite.Value(json.RawMessage(`1`)),
		Tags:  koyalite.Value([]string{}),
	},
}

// TestValues writes the edge values of every type, and reads them as they were.
func TestValues(t *testing.T) {
	t.Parallel()
	koya := newClient(t, serverURL())
	for _, edge := range edges {
		made := must(koya.Samples.Create(t.Context(), edge))
		read := must(koya.Samples.Get(t.Context(), made.ID))
		for _, sample := range []*koyalite.Sample{made, read} {
			equal(t, koyalite.FromPointer(sample.UUID), orNull(edge.UUID))
			equal(t, koyalite.FromPointer(sample.String), orNull(edge.String))
			equal(t, koyalite.FromPointer(sample.Text), orNull(edge.Text))
			equal(t, koyalite.FromPointer(sample.Int), orNull(edge.Int))
			equal(t, koyalite.FromPointer(sample.Float), orNull(edge.Float))
			equal(t, koyalite.FromPointer(sample.Bool), orNull(edge.Bool))
			equal(t, koyalite.FromPointer(sample.At), orNull(edge.At))
			equal(t, koyalite.FromPointer(sample.Day), orNull(edge.Day))
			equal(t, koyalite.FromPointer(sample.Level), orNull(edge.Level))
			equal(t, koyalite.FromPointer(sample.Size), orNull(edge.Size))
			same(t, sample.Bytes, edge.Bytes)
			same(t, sample.JSON, edge.JSON)
			same(t, sample.Tags, edge.Tags)
			if sample.Extra != nil {
				t.Fatal(sample.Extra)
			}
		}
	}
}

func orNull[T any](o koyalite.Opt[T]) koyalite.Opt[T] {
	if o.IsSet() {
		return o
	}
	return koyalite.Null[T]()
}

// same compares what has nil for null.
func same[T any](t *testing.T, got T, want koyalite.Opt[T]) {
	t.Helper()
	if !reflect.DeepEqual(got, want.Or(*new(T))) {
		t.Fatalf("got %#v, want %#v", got, want)
	}
}

func TestNilIsAnEmptyListAndNoNull(t *testing.T) {
	t.Parallel()
	koya := newClient(t, serverURL())
	made := must(koya.Samples.Create(t.Context(), koyalite.SampleCreate{Tags: koyalite.Value[[]string](nil), Bytes: koyalite.Value[[]byte](nil)}))
	equal(t, made.Tags != nil && made.Bytes != nil, true)
	set := must(koya.Samples.Update(t.Context(), made.ID, koyalite.SampleFields.Tags.SetNull()))
	equal(t, set.Tags == nil, true)
	set = must(koya.Samples.Update(t.Context(), made.ID, koyalite.SampleFields.Tags.Set(nil)))
	equal(t, set.Tags != nil, true)
}

func TestTimesAreTruncatedToMilliseconds(t *testing.T) {
	t.Parallel()
	koya := newClient(t, serverURL())
	at := time.Date(2026, 1, 31, 23, 30, 0, 123999999, time.FixedZone("", -2*3600))
	made := must(koya.Samples.Create(t.Context(), koyalite.SampleCreate{At: koyalite.Value(at)}))
	equal(t, made.At.Format(time.RFC3339Nano), "2026-02-01T01:30:00.123Z")
}

// TestRefusedBeforeSending has values that JSON would change.
func TestRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := newProxy(t, none)
	koya := newClient(t, p.URL)
	fields := koyalite.SampleFields
	_, tooLarge := koya.Samples.Create(ctx, koyalite.SampleCreate{Int: koyalite.Int(int64(1 << 53))})
	_, nan := koya.Samples.Create(ctx, koyalite.SampleCreate{Float: koyalite.Value(math.NaN())})
	_, noDay := koya.Samples.Create(ctx, koyalite.SampleCreate{Day: koyalite.Value(koyalite.Date{Year: 2026, Month: 2, Day: 30})})
	_, year := koya.Samples.Update(ctx, 1, fields.At.Set(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))
	_, inc := koya.Samples.Update(ctx, 1, fields.Int.Inc(1<<60))
	for _, err := range []error{tooLarge, nan, noDay, year, inc} {
		isKind(t, err, koyalite.ErrValidation)
	}
	_, filter := koya.Samples.Query().Filter(fields.Int.Eq(1 << 60)).List(ctx)
	_, empty := koya.Samples.Query().Filter(koyalite.Condition[koyalite.Sample]{}).List(ctx)
	_, where := koya.Samples.Query().Where("doc.float > $1", math.Inf(1)).List(ctx)
	for _, err := range []error{filter, empty, where} {
		var failure *koyalite.Error
		if !errors.As(err, &failure) || failure.Code != koyalite.CodeInvalidFilter {
			t.Fatal(err)
		}
	}
	equal(t, len(p.seen("/")), 0)
}

// TestNewerServer reads what this client does not know.
func TestNewerServer(t *testing.T) {
	t.Parallel()
	var post koyalite.Post
	text := `{"id":"x","title":7,"status":"secret","score":1,"author":null,"category":{"slug":"a","title":"A"},"added":{"x":1}}`
	if err := json.Unmarshal([]byte(text), &post); err != nil {
		t.Fatal(err)
	}
	equal(t, post.Status, "secret")
	equal(t, post.Status.IsKnown(), false)
	equal(t, koyalite.StatusDraft.IsKnown(), true)
	equal(t, post.Score, 1)
	equal(t, string(post.Extra["added"]), `{"x":1}`)
	equal(t, string(post.Extra["title"]), `7`)
	equal(t, post.Expanded.Asked("author"), true)
	equal(t, *post.Category, "a")
	equal(t, *post.Expanded.Category.Title, "A")
	equal(t, post.Expanded.Asked("comments"), false)
	equal(t, koyalite.ErrorCode("NEWER").IsKnown(), false)
}
