package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"example.com/go-report/generated/go/koyalite"
)

// report prints the posts by category, those that are read most, and who comments most.
func report(ctx context.Context, koya *koyalite.Client, w io.Writer, top int) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, part := range []func(context.Context, *koyalite.Client, io.Writer, int) error{categories, posts, readers} {
		if err := part(ctx, koya, table, top); err != nil {
			return err
		}
		fmt.Fprintln(table)
	}
	words, err := countWords(ctx, koya)
	if err != nil {
		return err
	}
	fmt.Fprintf(table, "%d words in all\n", words)
	return table.Flush()
}

func categories(ctx context.Context, koya *koyalite.Client, w io.Writer, _ int) error {
	groups, err := koya.Posts.Query().Aggregate(ctx, koyalite.Aggregation{
		Values: []string{"count", "sum:view_count"},
		Group:  []string{"category.name"},
		Sort:   []string{"-count"},
	})
	if err != nil {
		return fmt.Errorf("categories: %w", err)
	}
	fmt.Fprintln(w, "Category\tposts\tviews")
	for _, group := range groups {
		name := group.Text("category.name")
		if group.IsNull("category.name") {
			name = "(none)"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\n", name, group.Int("count"), group.Int("sum_view_count"))
	}
	return nil
}

func posts(ctx context.Context, koya *koyalite.Client, w io.Writer, top int) error {
	posts, err := koya.Posts.Query().
		Filter(koyalite.PostFields.Published.Eq(true)).
		Sort(koyalite.PostFields.ViewCount.Desc()).
		Limit(top).
		Expand("author", "comments").
		List(ctx)
	if err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	fmt.Fprintln(w, "Post\tby\tviews\tcomments")
	for _, post := range posts {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\n", post.Title, nameOf(post.Expanded.Author), post.ViewCount, len(post.Expanded.Comments))
	}
	return nil
}

func readers(ctx context.Context, koya *koyalite.Client, w io.Writer, top int) error {
	groups, err := koya.Comments.Query().Aggregate(ctx, koyalite.Aggregation{
		Values: []string{"count", "max:created_at"},
		Group:  []string{"author.name"},
		Sort:   []string{"-count"},
		Limit:  top,
	})
	if err != nil {
		return fmt.Errorf("readers: %w", err)
	}
	fmt.Fprintln(w, "Reader\tcomments\tlast one")
	for _, group := range groups {
		last := koyalite.DateOf(group.Time("max_created_at"))
		fmt.Fprintf(w, "%s\t%d\t%v\n", group.Text("author.name"), group.Int("count"), last)
	}
	return nil
}

// countWords reads all posts, page by page.
func countWords(ctx context.Context, koya *koyalite.Client) (int, error) {
	words := 0
	for post, err := range koya.Posts.Query().Fields("id", "content").All(ctx) {
		if err != nil {
			return 0, fmt.Errorf("words: %w", err)
		}
		words += len(strings.Fields(post.Content))
	}
	return words, nil
}

// nameOf also has a name for users without one, and for those that must not be read.
func nameOf(user *koyalite.User) string {
	if user == nil || user.Name == nil {
		return "somebody"
	}
	return *user.Name
}
