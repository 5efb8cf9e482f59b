package scenarios

import (
	"errors"
	"testing"

	"example.com/scenarios/generated/go/koyalite"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())

	var etag, seq string
	post := must(koya.Posts.Create(ctx, koyalite.PostCreate{Title: "New", Score: koyalite.Value(0.0)}, koyalite.ETagInto(&etag), koyalite.SeqInto(&seq)))
	equal(t, post.Score, 0)
	equal(t, post.Status, koyalite.StatusDraft)
	equal(t, etag, koyalite.ETagOf(post))
	if order, ok := koyalite.CompareSeq(seq, koya.LastSeq()); order != 0 || !ok || etag == "" {
		t.Fatalf("seq %q, last %q, etag %q", seq, koya.LastSeq(), etag)
	}
	unset := must(koya.Posts.Create(ctx, koyalite.PostCreate{Title: "x", Excerpt: koyalite.Null[string]()}))
	equal(t, unset.Score, 1.5)
	if unset.Excerpt != nil {
		t.Fatal(*unset.Excerpt)
	}

	changed := must(koya.Posts.Update(ctx, post.ID,
		koyalite.PostFields.ViewCount.Inc(2),
		koyalite.PostFields.Score.Set(2),
		koyalite.PostFields.Excerpt.Set("text"),
		koyalite.PostFields.Status.Set(koyalite.StatusPublished),
		koyalite.IfMatch(etag),
	))
	equal(t, changed.ViewCount, 2)
	equal(t, *changed.Excerpt, "text")
	equal(t, changed.Status, "published")
	_, err := koya.Posts.Update(ctx, post.ID, koyalite.PostFields.Excerpt.SetNull(), koyalite.IfMatch(etag))
	isKind(t, err, koyalite.ErrPreconditionFailed)
	changed = must(koya.Posts.Update(ctx, post.ID, koyalite.PostFields.Excerpt.SetNull(), koyalite.IfMatch(koyalite.ETagOf(changed))))
	if changed.Excerpt != nil {
		t.Fatal(*changed.Excerpt)
	}
	listed := must(koya.Posts.Query().Filter(koyalite.PostFields.ID.Eq(post.ID)).First(ctx))
	err = koya.Posts.Delete(ctx, post.ID, koyalite.IfMatch(koyalite.ETagOf(listed)))
	equal(t, failureOf(t, err).Code, koyalite.CodeInvalidRequest)
	_, err = koya.Posts.Update(ctx, post.ID, koyalite.PostFields.Score.Set(1), koyalite.PostFields.Score.Set(2))
	if err == nil {
		t.Fatal("two changes of one field")
	}

	replaced := must(koya.Posts.Replace(ctx, post.ID, koyalite.PostCreate{Title: "Whole"}))
	equal(t, replaced.ViewCount, 0)
	got := must(koya.Posts.Get(ctx, post.ID, koyalite.Fields("id", "title")))
	equal(t, got.Title, "Whole")
	equal(t, got.Status, "")
	if err := koya.Posts.Delete(ctx, post.ID); err != nil {
		t.Fatal(err)
	}
	_, err = koya.Posts.Get(ctx, post.ID)
	isKind(t, err, koyalite.ErrNotFound)

	many := must(koya.Posts.CreateMany(ctx, []koyalite.PostCreate{{Title: "a"}, {Title: "b"}}))
	equal(t, many[1].Title, "b")
	_, err = koya.Posts.CreateMany(ctx, []koyalite.PostCreate{{Title: "a"}, {Title: ""}})
	isKind(t, err, koyalite.ErrValidation)
	var failure *koyalite.Error
	if !errors.As(err, &failure) || failure.Operation == nil || *failure.Operation != 1 {
		t.Fatalf("%+v", failure)
	}
}

func TestFieldsThatMayBeAbsent(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	hidden := must(koya.Posts.Create(ctx, koyalite.PostCreate{Title: "x", Notes: koyalite.Value("secret")}))
	if hidden.Notes.IsSet() {
		t.Fatal(hidden.Notes)
	}
	shown := must(koya.Posts.Update(ctx, hidden.ID, koyalite.PostFields.Published.Set(true)))
	if notes, ok := shown.Notes.Get(); notes != "secret" || !ok {
		t.Fatal(shown.Notes)
	}
	none := must(koya.Posts.Update(ctx, hidden.ID, koyalite.PostFields.Notes.SetNull()))
	if !none.Notes.IsNull() {
		t.Fatal(none.Notes)
	}
}

func TestKeysThatAreWords(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	for _, key := range []string{"live", "~", "~live", "a/b", "...", "a b?c#d%", "é✓", "aggregate"} {
		made := must(koya.Tokens.Create(ctx, koyalite.TokenCreate{ID: key}))
		equal(t, made.ID, key)
		equal(t, must(koya.Tokens.Get(ctx, key)).ID, key)
	}
}
