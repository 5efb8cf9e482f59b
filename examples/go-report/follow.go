package main

import (
	"context"
	"fmt"
	"io"

	"example.com/go-report/generated/go/koyalite"
)

// follow prints comments as they are written, until ctx ends. A server that is restarted meanwhile interrupts it, and
// does not end it.
func follow(ctx context.Context, koya *koyalite.Client, w io.Writer) error {
	newest := koya.Comments.Query().Sort(koyalite.CommentFields.CreatedAt.Desc()).Limit(20).Expand("author", "post")
	status := koyalite.OnStatus(func(status koyalite.LiveStatus) { fmt.Fprintln(w, "--", status) })
	isFirst := true
	for comments, err := range newest.Live(ctx, status) {
		if err != nil {
			return err
		}
		if isFirst {
			isFirst = false
			continue
		}
		for _, comment := range comments.Changes.Inserts {
			title := "a post"
			if post := comment.Expanded.Post; post != nil {
				title = post.Title
			}
			fmt.Fprintf(w, "%s on %q: %s\n", nameOf(comment.Expanded.Author), title, comment.Content)
		}
	}
	return nil
}
