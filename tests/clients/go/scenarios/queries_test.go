package scenarios

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

// TestFilters asks with every operator of every type, of documents of its own.
func TestFilters(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	f := koyalite.SampleFields
	tag := fmt.Sprint("filters ", time.Now().UnixNano())
	day := func(d int) koyalite.Date { return koyalite.Date{Year: 2026, Month: 1, Day: d} }
	at := func(d int) time.Time { return day(d).In(time.UTC) }
	uuid := func(d int) string { return fmt.Sprintf("018f2b6e-7c1a-7def-8123-00000000000%d", d) }
	titles := []string{"", `say "so"\`, "$& {x} ✓👩‍👩‍👧"}
	var samples []koyalite.SampleCreate
	for i := 1; i <= 2; i++ {
		samples = append(samples, koyalite.SampleCreate{
			String: koyalite.Value(tag),
			UUID:   koyalite.Value(uuid(i)),
			Text:   koyalite.Value(titles[i]),
			Int:    koyalite.Int(i),
			Float:  koyalite.Float(float64(i) / 2),
			Bool:   koyalite.Value(i == 1),
			At:     koyalite.Value(at(i)),
			Day:    koyalite.Value(day(i)),
			Bytes:  koyalite.Value([]byte{byte(i)}),
			JSON:   koyalite.Value(json.RawMessage(fmt.Sprintf(`{"color":"c%d","n":%d,"list":[%d]}`, i, i, i))),
			Tags:   koyalite.Value([]string{"all", fmt.Sprint("t", i)}),
			Level:  koyalite.Value(koyalite.SampleLevel(i)),
		})
	}
	samples = append(samples, koyalite.SampleCreate{String: koyalite.Value(tag)})
	if _, err := koya.Samples.CreateMany(ctx, samples); err != nil {
		t.Fatal(err)
	}

	type sample = koyalite.Condition[koyalite.Sample]
	// The documents 1 and 2 have values, 0 has nulls.
	cases := []struct {
		want      string
		condition sample
	}{
		{"1", f.UUID.Eq(uuid(1))}, {"20", f.UUID.Ne(uuid(1))}, {"12", f.UUID.In(uuid(1), uuid(2))}, {"0", f.UUID.NotIn(uuid(1), uuid(2))},
		{"2", f.UUID.Gt(uuid(1))}, {"0", f.UUID.IsNull()}, {"12", f.UUID.IsNotNull()},
		{"1", f.Text.Eq(titles[1])}, {"2", f.Text.Eq(titles[2])}, {"1", f.Text.Like(`SAY "%`)}, {"2", f.Text.Contains("👩‍👩‍👧")},
		{"20", f.Text.Ne(titles[1])}, {"1", f.Text.Gt("$z")}, {"2", f.Text.Lt("$z")},
		{"2", f.Int.Gt(1)}, {"12", f.Int.Gte(1)}, {"1", f.Int.Lt(2)}, {"12", f.Int.Lte(2)}, {"1", f.Int.In(1, 7)},
		{"1", f.Float.Eq(0.5)}, {"2", f.Float.Gt(0.5)}, {"2", f.Float.Eq(1)},
		{"1", f.Bool.Eq(true)}, {"20", f.Bool.Ne(true)}, {"12", f.Bool.In(true, false)}, {"0", f.Bool.IsNull()},
		{"1", f.At.Eq(at(1))}, {"2", f.At.Gt(at(1))}, {"1", f.At.Lte(at(1).In(time.FixedZone("", 3600)))},
		{"1", f.Day.Eq(day(1))}, {"2", f.Day.Gt(day(1))}, {"12", f.Day.In(day(1), day(2))},
		{"0", f.Bytes.IsNull()}, {"12", f.Bytes.IsNotNull()},
		{"1", f.JSON.At("color").Eq("c1")}, {"2", f.JSON.At("n").Gt(1)}, {"", f.JSON.At("n").Eq("1")}, {"0", f.JSON.IsNull()},
		{"2", f.JSON.At("list").Contains(2)}, {"12", f.JSON.At("color").Like("C%")}, {"12", f.JSON.At("list", "0").In(1, 2)},
		{"12", f.Tags.Contains("all")}, {"2", f.Tags.Contains("t2")},
		{"1", f.Level.Eq(koyalite.SampleLevel1)}, {"2", f.Level.Gt(1)}, {"12", f.Level.In(koyalite.SampleLevel1, koyalite.SampleLevel2)},
		{"12", koyalite.Or(f.Int.Eq(1), f.Int.Eq(2))}, {"1", koyalite.And(f.Int.Gt(0), f.Bool.Eq(true))}, {"20", koyalite.Not(f.Int.Eq(1))},
		{"0", koyalite.Not(koyalite.Or(f.Int.Eq(1), koyalite.And(f.Int.Eq(2), f.Bool.Eq(false))))},
	}
	for i, c := range cases {
		docs, err := koya.Samples.Query().Filter(f.String.Eq(tag)).Filter(c.condition).Sort(f.ID.Asc()).List(ctx)
		if err != nil {
			t.Errorf("case %d: %v", i, err)
			continue
		}
		got := ""
		for _, doc := range docs {
			got += fmt.Sprint(koyalite.FromPointer(doc.Int).Or(0))
		}
		if got != c.want {
			t.Errorf("case %d: got %q, want %q", i, got, c.want)
		}
	}

	mine := koya.Samples.Query().Filter(f.String.Eq(tag))
	where := mine.Where("doc.int >= $1 && doc.text != '$1'", 1).Where("doc.text == $1 || doc.at > timestamp($2)", titles[1], at(1))
	equal(t, must(where.Count(ctx)), 2)
	for _, title := range titles[1:] {
		equal(t, must(mine.Where("doc.text == $1", title).Count(ctx)), 1)
	}
	groups := must(mine.Aggregate(ctx, koyalite.Aggregation{Values: []string{"count", "sum:float", "max:at"}, Group: []string{"bool"}, Sort: []string{"bool"}}))
	equal(t, len(groups), 3)
	equal(t, groups[0].IsNull("bool"), true)
	equal(t, groups[2].Int("count"), 1)
	equal(t, groups[2].Float("sum_float"), 0.5)
	equal(t, groups[2].Time("max_at"), at(1))
}

func TestQueriesNeverChange(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	f := koyalite.TodoFields
	all := koya.Todos.Query().Filter(f.Title.Eq("never"))
	first, second := all.Filter(f.Rank.Eq(1)), all.Filter(f.Rank.Eq(2))
	must(koya.Todos.CreateMany(ctx, []koyalite.TodoCreate{{Title: "never", Rank: koyalite.Int(1)}, {Title: "never", Rank: koyalite.Int(2)}}))
	equal(t, must(first.First(ctx)).Rank, 1)
	equal(t, must(second.First(ctx)).Rank, 2)
	equal(t, must(all.Count(ctx)), 2)
	_, err := all.Filter(f.Rank.Eq(3)).First(ctx)
	isKind(t, err, koyalite.ErrNotFound)
}

// TestPages reads 1,200 documents, of which others come and go meanwhile.
func TestPages(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	f := koyalite.TodoFields
	todos := make([]koyalite.TodoCreate, 600)
	for part := range 2 {
		for i := range todos {
			todos[i] = koyalite.TodoCreate{Title: "page", Rank: koyalite.Int(600*part + i)}
		}
		must(koya.Todos.CreateMany(ctx, todos))
	}
	pages := koya.Todos.Query().Filter(f.Title.Eq("page")).Sort(f.Rank.Desc())
	var ranks []int64
	for todo, err := range pages.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if len(ranks) == 400 {
			must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: "page", Rank: koyalite.Int(5000)}))
		}
		ranks = append(ranks, todo.Rank)
	}
	equal(t, len(ranks), 1200)
	slices.Reverse(ranks)
	for i, rank := range ranks {
		equal(t, rank, int64(i))
	}
	count := 0
	for range pages.Limit(700).Offset(10).All(ctx) {
		count++
	}
	equal(t, count, 700)
	page := must(pages.Limit(5).Page(ctx, koyalite.PageOptions{Count: true}))
	equal(t, page.Total, 1201)
	equal(t, len(page.Docs), 5)
	next := must(pages.Limit(5).Page(ctx, koyalite.PageOptions{Cursor: page.NextCursor}))
	equal(t, next.Docs[0].Rank, 1195)
	equal(t, len(must(pages.List(ctx))), 50)
}

func TestExpand(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	admin := newClient(t, serverURL(), withKey())
	koya := newClient(t, serverURL())
	session := must(koya.Auth.Register(ctx, unique("expand")+"@example.com", "correct horse battery", koyalite.UserFields.Name.Set("Ann")))
	slug := unique("news")
	must(koya.Categories.Create(ctx, koyalite.CategoryCreate{Slug: slug, Title: koyalite.Value("News")}))
	made := must(koya.Posts.Create(ctx, koyalite.PostCreate{Title: "x", AuthorID: koyalite.Value(session.User.ID), Category: koyalite.Value(slug)}))
	must(koya.Comments.Create(ctx, koyalite.CommentCreate{PostID: made.ID, Text: "hello"}))

	one := koya.Posts.Query().Filter(koyalite.PostFields.ID.Eq(made.ID))
	post := must(one.Expand("author", "category").Expand("comments.author").First(ctx))
	equal(t, *post.Expanded.Author.Name, "Ann")
	equal(t, *post.Expanded.Category.Title, "News")
	equal(t, *post.Category, slug)
	equal(t, *post.Expanded.Comments[0].Expanded.Author.Name, "Ann")
	equal(t, post.Expanded.Asked("author"), true)
	plain := must(one.First(ctx))
	equal(t, plain.Expanded.Asked("author"), false)
	equal(t, *plain.Category, slug)
	if plain.Expanded.Author != nil || plain.Expanded.Comments != nil {
		t.Fatal("expanded without being asked for")
	}
	got := must(koya.Posts.Get(ctx, made.ID, koyalite.Expand("author"), koyalite.Timeout(time.Minute)))
	equal(t, got.Expanded.Author.ID, session.User.ID)
	refers := koyalite.PostReferences
	named := koyalite.Or(refers.Author.Where(koyalite.UserFields.Name.Eq("Ann")), refers.Category.Where(koyalite.CategoryFields.Title.IsNull()))
	equal(t, must(one.Filter(named).Count(ctx)), 1)
	equal(t, must(one.Filter(koyalite.Not(named)).Count(ctx)), 0)
	tagged := must(one.ETags().List(ctx))
	must(koya.Posts.Update(ctx, made.ID, koyalite.PostFields.Title.Set("y"), koyalite.IfMatch(koyalite.ETagOf(tagged[0]))))

	must(admin.Users.Query().Count(ctx))
	nobody := must(admin.Posts.Create(ctx, koyalite.PostCreate{Title: "x"}))
	post = must(admin.Posts.Get(ctx, nobody.ID, koyalite.Expand("author", "comments")))
	equal(t, post.Expanded.Asked("author"), true)
	equal(t, post.Expanded.Asked("comments"), true)
	equal(t, len(post.Expanded.Comments), 0)
}

var uniqueNumber atomic.Int64

// unique returns a text that no other test has.
func unique(prefix string) string {
	return fmt.Sprintf("%s%d", prefix, uniqueNumber.Add(1))
}

func TestBatch(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	old := must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: "old"}))
	var made, changed *koyalite.BatchResult[koyalite.Todo]
	results := must(koya.Batch(ctx, func(b *koyalite.BatchBuilder) {
		made = b.Todos.Create(koyalite.TodoCreate{Title: "batch"})
		changed = b.Todos.Update(old.ID, koyalite.TodoFields.Rank.Inc(3))
		b.Posts.Create(koyalite.PostCreate{Title: "of a batch"})
		b.Todos.Delete(old.ID)
	}))
	equal(t, len(results), 4)
	equal(t, made.Doc().Title, "batch")
	equal(t, changed.Doc().Rank, 3)
	equal(t, results[2].(*koyalite.Post).Title, "of a batch")
	equal(t, results[3], nil)

	title := unique("rolled back")
	_, err := koya.Batch(ctx, func(b *koyalite.BatchBuilder) {
		b.Todos.Create(koyalite.TodoCreate{Title: title})
		b.Posts.Create(koyalite.PostCreate{Title: ""})
	})
	isKind(t, err, koyalite.ErrValidation)
	equal(t, operationOf(err), 1)
	equal(t, must(koya.Todos.Query().Filter(koyalite.TodoFields.Title.Eq(title)).Count(ctx)), 0)
	equal(t, len(must(koya.Batch(ctx, func(*koyalite.BatchBuilder) {}))), 0)
}
